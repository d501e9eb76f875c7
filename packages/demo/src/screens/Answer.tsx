import { cutoffs, noticeTexts, obligation, type Policy } from '@munjigi/core/rules';
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

/** What counts right now: the status page and the answer card, from the same signed document as wallet and tablet. */
export function Answer({ demo }: { readonly demo: Demo }) {
  const [page, show] = useState<'status' | 'card'>('status');
  const language = demo.language.value;
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
      {page === 'status' ? <Status demo={demo} /> : <Card demo={demo} />}
      <p class="from">{say(language, 'answer.from')}</p>
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

function Status({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const policy = demo.documents.policy.value;
  const now = demo.documents.now.value;
  if (!policy || !now) return null;
  const texts = noticeTexts(policy, now, 'owner', language);
  return (
    <article class={`status ${texts.status ?? ''}`} data-demo="status">
      <p class="cause">{texts.cause}</p>
      <h1>{texts.headline}</h1>
      <p class="do">
        <S text={texts.text} />
      </p>
      <p class="as-of">{texts.asOf}</p>
      <Duty policy={policy} code={now.obligation} language={language} />
    </article>
  );
}

function Card({ demo }: { readonly demo: Demo }) {
  const language = demo.language.value;
  const policy = demo.documents.policy.value;
  const now = demo.documents.now.value;
  const venue = demo.story.value?.venue;
  if (!policy || !now) return null;
  const texts = noticeTexts(policy, now, 'answer', language);
  const rows = venue
    ? cutoffs(policy, { kind: venue.kind, region: venue.region }, demo.documents.nowMs() / 1000)
    : [];
  return (
    <article class="card" data-demo="card">
      {demo.story.value && <p class="question">{demo.story.value.question[language]}</p>}
      <h1>{texts.headline}</h1>
      <p class="do">
        <S text={[texts.cause && `${texts.cause}.`, texts.text].filter(Boolean).join(' ')} />
      </p>
      <p class="as-of">{texts.asOf}</p>
      <h2>{say(language, 'answer.today')}</h2>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>
            <span>{policy.text(language, row.labelKey, row.parameters)}</span>
            <b class="num">{policy.text(language, row.valueKey, row.parameters)}</b>
          </li>
        ))}
      </ul>
    </article>
  );
}
