import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { register } from '../../engine/registrations.ts';
import { Field, LinkButton, Page, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';

/** Registers a venue: by its business number, or, where there is none, by an approval of the local government. */
export function Register() {
  const app = useConsole();
  const { say, ofPack } = useWords();
  const work = useWork();
  const policy = app.world.value.policy;
  const [form, setForm] = useState({ name: '', kind: '', region: '', number: '' });
  const [hasNumber, setHasNumber] = useState(true);
  const [made, setMade] = useState<{ venueId: number | null } | null>(null);
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const kind = form.kind || (policy?.venueKinds[0] ?? '');
  const region = form.region || (policy?.regions[0] ?? '');
  const ready = form.name.trim() !== '' && kind !== '' && (!hasNumber || form.number.trim() !== '');
  if (made)
    return (
      <Page
        title={say('console.register.done')}
        back={{ href: '#/venues', word: say('console.place.venues') }}
      >
        <p class="lead">
          <S text={say(made.venueId === null ? 'console.register.waits' : 'console.register.open')} />
        </p>
        {made.venueId !== null && (
          <LinkButton href={`#/venue/${made.venueId}/tablet`} icon="tablet" kind="first">
            {say('console.tablet.invite')}
          </LinkButton>
        )}
      </Page>
    );
  return (
    <Page
      title={say('console.venue.register')}
      back={{ href: '#/venues', word: say('console.place.venues') }}
    >
      <form
        class="narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void work.run(async () =>
            setMade(
              await register(app, {
                name: form.name.trim(),
                kind,
                region,
                businessNumber: hasNumber ? form.number.trim() : null,
              }),
            ),
          );
        }}
      >
        <Field label={say('console.register.name')}>
          {(attributes) => (
            <input
              {...attributes}
              value={form.name}
              maxLength={60}
              onInput={(event) => set({ name: event.currentTarget.value })}
            />
          )}
        </Field>
        {(
          [
            ['kind', 'venue', policy?.venueKinds ?? []],
            ['region', 'region', policy?.regions ?? []],
          ] as const
        ).map(([field, group, words]) => (
          <Field key={field} label={say(`console.register.${field}`)}>
            {(attributes) => (
              <select
                {...attributes}
                value={field === 'kind' ? kind : region}
                onChange={(event) => set({ [field]: event.currentTarget.value })}
              >
                {words.map((word) => (
                  <option key={word} value={word}>
                    {ofPack(group, word)}
                  </option>
                ))}
              </select>
            )}
          </Field>
        ))}
        {hasNumber && (
          <Field label={say('console.register.number')} help={say('console.register.number-help')}>
            {(attributes) => (
              <input
                {...attributes}
                value={form.number}
                inputMode="numeric"
                autocomplete="off"
                onInput={(event) => set({ number: event.currentTarget.value })}
              />
            )}
          </Field>
        )}
        <label class="tick">
          <input
            type="checkbox"
            checked={!hasNumber}
            onChange={(event) => setHasNumber(!event.currentTarget.checked)}
          />
          <span>{say('console.register.no-number')}</span>
        </label>
        <Button kind="first" type="submit" disabled={work.busy || !ready}>
          {say('console.register.go')}
        </Button>
        <Problem error={work.failed} />
      </form>
    </Page>
  );
}
