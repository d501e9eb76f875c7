import { type NoticeTexts, notice as noticeOf, noticeTexts, type Policy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import type { Demo } from '../demo.ts';
import type { RecordMinute } from '../story.ts';
import { type Language, say } from '../texts.ts';
import { Duty } from './Answer.tsx';

/** The document that would have counted in that minute; `base` lends it what no sentence reads. */
function documentOf(minute: RecordMinute, policy: Policy, base: Now): Now {
  const at = Date.parse(minute.at) / 1000;
  return {
    ...base,
    issuedAt: at,
    validFrom: at,
    notice: minute.notice,
    status: minute.status,
    parameters: minute.parameters ?? {},
    obligation: minute.obligation ?? noticeOf(policy, minute.notice)?.obligation ?? base.obligation,
  };
}

function whenOf(minute: RecordMinute, timeZone: string, language: Language): string {
  const format = new Intl.DateTimeFormat(language === 'ko' ? 'ko-KR' : 'en-GB', {
    timeZone,
    dateStyle: 'long',
    timeStyle: 'short',
    hour12: false,
  });
  return format.format(new Date(minute.at));
}

/** The outages of the record on one line: moving along it shows what the gate would have said in that minute. */
export function Outages({ demo }: { readonly demo: Demo }) {
  const [at, move] = useState<number | null>(null);
  const language = demo.language.value;
  const policy = demo.documents.policy.value;
  const now = demo.documents.now.value;
  const record = demo.setup.value?.record ?? [];
  if (!policy || !now || record.length === 0) return null;
  const played = policy.calendar.dateOf(demo.nowMs.value / 1000);
  const home = Math.max(
    0,
    record.findIndex(({ drill }) => drill === played),
  );
  const minute = record[at ?? home]!;
  const then = documentOf(minute, policy, now);
  const owner = noticeTexts(policy, then, 'owner', language);
  const when = whenOf(minute, policy.timeZone, language);
  return (
    <section class="outages" aria-label={say(language, 'outages.label')}>
      <label for="outages">{say(language, 'outages.label')}</label>
      <input
        id="outages"
        type="range"
        data-demo="outages"
        min={0}
        max={record.length - 1}
        step={1}
        value={at ?? home}
        aria-valuetext={say(language, 'outages.value', {
          when,
          title: minute.title[language],
          headline: owner.headline,
        })}
        onInput={(event) => move(event.currentTarget.valueAsNumber)}
        onClick={(event) => move(event.currentTarget.valueAsNumber)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') move(null);
          if (event.key === 'Enter') move(at ?? home);
        }}
      />
      <span class="chosen num">{when}</span>
      {at !== null && (
        <div class="minute" data-demo="minute" data-drill={minute.drill}>
          <div>
            <h3>{say(language, 'outages.said')}</h3>
            <Said texts={owner} />
            <Duty policy={policy} code={then.obligation} language={language} />
          </div>
          <div>
            <section>
              <h3>{say(language, 'outages.happened')}</h3>
              <h2>{minute.title[language]}</h2>
              <p>{minute.happened[language]}</p>
              <p class="quiet">{say(language, 'outages.source', { source: minute.source })}</p>
            </section>
            <section>
              <h3>{say(language, 'outages.visitor')}</h3>
              <Line texts={noticeTexts(policy, then, 'visitor', language)} />
            </section>
            {minute.today && (
              <section data-demo="minute-today">
                <h3>{say(language, 'outages.today')}</h3>
                <Line
                  texts={noticeTexts(policy, documentOf(todayOf(minute), policy, now), 'owner', language)}
                />
              </section>
            )}
          </div>
          <Button data-demo="minute-close" onClick={() => move(null)}>
            {say(language, 'outages.close')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** The same minute in a world whose passes lie on phones. */
function todayOf({ obligation: _, parameters: __, ...minute }: RecordMinute): RecordMinute {
  return { ...minute, notice: minute.today ?? minute.notice };
}

function Said({ texts }: { readonly texts: NoticeTexts }) {
  return (
    <>
      {texts.cause && <p>{texts.cause}</p>}
      <p class="said">{texts.headline}</p>
      <p>
        <S text={texts.text} />
      </p>
      <p class="quiet">{texts.asOf}</p>
    </>
  );
}

const Line = ({ texts }: { readonly texts: NoticeTexts }) => (
  <p>
    <b>{texts.headline}</b> <S text={texts.text} />
  </p>
);
