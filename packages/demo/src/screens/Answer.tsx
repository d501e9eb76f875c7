import { noticeTexts, obligation, type Policy } from '@munjigi/core/rules';
import { S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Demo } from '../demo.ts';
import { type DemoText, type Language, say } from '../texts.ts';

/** The sentence of this minute in the register's column, with the switch beside it. */
export function NowLine({ demo }: { readonly demo: Demo }) {
  const policy = demo.documents.policy.value;
  const now = demo.documents.now.value;
  if (!policy || !now) return null;
  const texts = noticeTexts(policy, now, 'owner', demo.language.value);
  return (
    <>
      <div class={`nowline ${texts.status ?? ''}`} data-demo="nowline">
        <b>{texts.headline}</b>
        <S text={texts.text} /> <span class="s">({texts.asOf})</span>
      </div>
      <WhatIf demo={demo} />
    </>
  );
}

function WhatIf({ demo }: { readonly demo: Demo }) {
  const story = demo.story.value;
  const whatIf = demo.state.value?.whatIf;
  if (!story?.whatIf || !whatIf) return null;
  return (
    <label class="what-if">
      <input
        type="checkbox"
        role="switch"
        aria-checked={whatIf.on}
        data-demo="what-if"
        checked={whatIf.on}
        disabled={!whatIf.possible}
        onChange={(event) => void demo.setWhatIf(event.currentTarget.checked)}
      />
      <i />
      {story.whatIf.label[demo.language.value]}
    </label>
  );
}

const PAGES = { status: { ko: 'index', en: 'en' }, card: { ko: 'answer', en: 'answer-en' } } as const;

/** What counts right now: the pages that the authority itself writes into the mirror, beside the document that devices read. */
export function Answer({ demo }: { readonly demo: Demo }) {
  const [page, show] = useState<keyof typeof PAGES>('status');
  const language = demo.language.value;
  const address = `/mirror/status/${PAGES[page][language]}.html`;
  return (
    <div class="answer" data-demo="answer">
      <div class="pages" role="tablist">
        {(['status', 'card'] as const).map((name) => (
          <button
            type="button"
            key={name}
            role="tab"
            aria-selected={page === name}
            data-demo={`page-${name}`}
            onClick={() => show(name)}
          >
            {say(language, `answer.${name}`)}
          </button>
        ))}
      </div>
      <div class="page">
        <iframe
          // Another document, another page: it has no script that would fetch it.
          key={`${address} ${demo.documents.now.value?.sequence}`}
          src={address}
          title={say(language, `answer.${page}`)}
          data-demo={page}
        />
      </div>
      <p class="from">
        {say(language, 'answer.from')}{' '}
        <a href={address} target="_blank" rel="noreferrer">
          {say(language, 'answer.alone')}
        </a>
      </p>
      <WhatIf demo={demo} />
    </div>
  );
}

interface DutyProps {
  readonly policy: Policy;
  /** Code of the pack's obligation table. */
  readonly code: string;
  readonly language: Language;
}

/** Whether checking, recording and fines stand. */
export function Duty({ policy, code, language }: DutyProps) {
  const duty = obligation(policy, code);
  if (!duty) return null;
  const facts = [
    ['check', duty.check],
    ['record', duty.record],
    ['fines', duty.fines.venue],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{policy.text(language, `duty.${name}`)}</dt>
          <dd>{say(language, `fact.${value}` as DemoText)}</dd>
        </div>
      ))}
    </dl>
  );
}
