import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { setPin } from '../../engine/venue-calls.ts';
import { Field, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

/** One PIN before the settings of all devices of a venue. */
export function Pin({ venueId }: { readonly venueId: number }) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const [pin, set] = useState('');
  const [done, setDone] = useState(false);
  return (
    <section>
      <h2>{say('console.pin.headline')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void work.run(async () => {
            await setPin(app, venueId, pin);
            set('');
            setDone(true);
          });
        }}
      >
        <Field label={say('console.pin.label')} help={say('console.pin.help')}>
          {(attributes) => (
            <input
              {...attributes}
              type="password"
              inputMode="numeric"
              autocomplete="new-password"
              maxLength={8}
              value={pin}
              onInput={(event) => set(event.currentTarget.value.replace(/\D/g, ''))}
            />
          )}
        </Field>
        <Button type="submit" disabled={work.busy || pin.length < 4}>
          {say('button.save')}
        </Button>
        <p role="status" class="small">
          {done ? <S text={say('console.pin.done')} /> : ''}
        </p>
        <Problem error={work.failed} />
      </form>
    </section>
  );
}
