import type { Measure, Words } from '@munjigi/core/incident';
import { Button, S } from '@munjigi/ui/elements';
import type { TextKey } from '@munjigi/ui/texts';
import { useState } from 'preact/hooks';
import { closeIncident } from '../../engine/incident-calls.ts';
import { Field, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

const EMPTY: Words = { ko: '', en: '' };
const DAYS = 30;
const MOST = 16;

/** Closes an incident: its cause in both languages, and what is done about it, by whom and until when. */
export function CloseIncident({ number, again }: { readonly number: number; readonly again: () => void }) {
  const app = useConsole();
  const { say, dates } = useWords();
  const work = useWork();
  const [cause, setCause] = useState(EMPTY);
  const [measures, setMeasures] = useState<readonly Measure[]>([]);
  const fresh = (): Measure => ({
    what: EMPTY,
    owner: EMPTY,
    due: dates.daysLater(dates.plainDay(app.world.value.now()), DAYS),
    done: false,
  });
  const change = (at: number, part: Partial<Measure>) =>
    setMeasures(measures.map((one, i) => (i === at ? { ...one, ...part } : one)));
  const text = (label: TextKey, value: string, set: (next: string) => void) => (
    <Field label={say(label)}>
      {(attributes) => (
        <textarea
          {...attributes}
          rows={2}
          maxLength={1000}
          value={value}
          onInput={(event) => set(event.currentTarget.value)}
        />
      )}
    </Field>
  );
  return (
    <form
      data-close
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          await closeIncident(app, number, cause, measures);
          again();
        });
      }}
    >
      <h2>{say('console.incident.close')}</h2>
      <p class="help">
        <S text={say('console.incident.close-text')} />
      </p>
      {text('console.incident.cause-ko', cause.ko, (ko) => setCause({ ...cause, ko }))}
      {text('console.incident.cause-en', cause.en, (en) => setCause({ ...cause, en }))}
      {measures.map(({ what, owner, due }, i) => (
        <fieldset class="field" key={i} data-measure={i}>
          <legend>{`${say('console.incident.measures')} ${i + 1}`}</legend>
          {text('console.incident.measure', what.ko, (ko) => change(i, { what: { ...what, ko } }))}
          {text('console.incident.measure-en', what.en, (en) => change(i, { what: { ...what, en } }))}
          {text('console.incident.owner', owner.ko, (ko) => change(i, { owner: { ...owner, ko } }))}
          {text('console.incident.owner-en', owner.en, (en) => change(i, { owner: { ...owner, en } }))}
          <Field label={say('console.incident.due')}>
            {(attributes) => (
              <input
                {...attributes}
                type="date"
                required
                value={due}
                onInput={(event) => change(i, { due: event.currentTarget.value })}
              />
            )}
          </Field>
        </fieldset>
      ))}
      <div class="row">
        {measures.length < MOST && (
          <Button kind="plain" onClick={() => setMeasures([...measures, fresh()])}>
            {say('console.incident.measure-add')}
          </Button>
        )}
        {measures.length > 0 && (
          <Button kind="plain" onClick={() => setMeasures(measures.slice(0, -1))}>
            {say('console.incident.measure-less')}
          </Button>
        )}
      </div>
      <div class="row">
        <Button icon="check" type="submit" disabled={work.busy || (cause.ko + cause.en).trim() === ''}>
          {say('console.incident.close')}
        </Button>
      </div>
      <Problem error={work.failed} />
    </form>
  );
}
