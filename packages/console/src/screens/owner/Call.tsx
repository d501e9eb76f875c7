import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { setCallNumber } from '../../engine/venue-calls.ts';
import type { CallNumber } from '../../engine/venues.ts';
import { Field, Mark, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

/** The number that guests call to be recorded: whether it works, and a way to change it. */
export function Call(props: {
  readonly venueId: number;
  readonly call: CallNumber | null;
  readonly mine: boolean;
  readonly again: () => void;
}) {
  const { venueId, call, mine, again } = props;
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [open, show] = useState(false);
  const [number, write] = useState('');
  const give = (wanted: string | null) =>
    work.run(async () => {
      await setCallNumber(app, venueId, wanted);
      write('');
      show(false);
      again();
    });
  return (
    <section data-call={call?.state ?? 'none'}>
      <h2>{say('console.call.headline')}</h2>
      {call ? (
        <>
          <p class="call">
            <b class="num">{call.shown}</b>{' '}
            <Mark kind={call.state === 'works' ? 'good' : 'open'}>{say(`console.call.${call.state}`)}</Mark>
          </p>
          <p class="small quiet">
            <S text={say(`console.call.${call.state}-text`)} />
          </p>
        </>
      ) : (
        <p class="small quiet">
          <S text={say('console.call.none')} />
        </p>
      )}
      {mine && call && !open && (
        <Button kind="plain" onClick={() => show(true)}>
          {say('console.call.change')}
        </Button>
      )}
      {mine && (open || !call) && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void give(number.trim());
          }}
        >
          <Field label={say('console.call.label')} help={say('console.call.help')}>
            {(attributes) => (
              <input
                {...attributes}
                type="tel"
                autocomplete="off"
                maxLength={20}
                value={number}
                onInput={(event) => write(event.currentTarget.value)}
              />
            )}
          </Field>
          <div class="row">
            <Button type="submit" disabled={work.busy || number.trim() === ''}>
              {say('button.save')}
            </Button>
            {call && (
              <Button kind="plain" disabled={work.busy} onClick={() => void give(null)}>
                {say('console.call.give-up')}
              </Button>
            )}
          </div>
        </form>
      )}
      <Problem error={work.failed} />
    </section>
  );
}
