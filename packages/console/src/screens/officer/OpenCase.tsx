import { LARGEST_CAP, LONGEST_BASIS, LONGEST_REASON } from '@munjigi/core/case';
import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { closeCase, signCase, writeCase } from '../../engine/case-calls.ts';
import { changedTerms, type readBytes, type TermsJson } from '../../engine/cases.ts';
import { Field, Page, Problem } from '../parts.tsx';
import { useConsole, useWords, useWork } from '../use.ts';
import { Terms } from './Terms.tsx';

const MOST_HOURS = 72;

interface Typed {
  readonly venue: string;
  readonly from: string;
  readonly until: string;
  readonly basis: string;
  readonly reason: string;
  readonly issuers: readonly string[];
  readonly cap: string;
  readonly hours: string;
  readonly dwell: string;
}

/** Opens a case: what is asked for is filled in, then shown once more from the very bytes, then signed. */
export function OpenCase() {
  const app = useConsole();
  const { say, dates } = useWords();
  const world = app.world.value;
  const now = world.now();
  const issuers = [...new Set((world.bundle?.issuers ?? []).map(({ issuer }) => issuer))].sort();
  const [typed, setTyped] = useState<Typed>(() => ({
    venue: '',
    from: dates.inputOf(now - 4 * 3_600_000),
    until: dates.inputOf(now),
    basis: '',
    reason: '',
    issuers,
    cap: '200',
    hours: '24',
    dwell: '60',
  }));
  const [draft, setDraft] = useState<ReturnType<typeof readBytes> | null>(null);
  const [wrong, setWrong] = useState<Partial<Record<keyof Typed, string>>>({});
  const work = useWork();
  const set = (part: Partial<Typed>) => setTyped({ ...typed, ...part });

  const asked: TermsJson = {
    venueId: Number(typed.venue),
    from: Math.floor(dates.instantOf(typed.from) / 1000),
    until: Math.floor(dates.instantOf(typed.until) / 1000),
    basis: typed.basis.trim(),
    reason: typed.reason.trim(),
    issuers: typed.issuers,
    cap: Number(typed.cap),
    dwellMinutes: Number(typed.dwell),
  };
  const hours = Number(typed.hours);
  const look = () => {
    const found = problemsOf(asked, hours, world.now() / 1000);
    setWrong(Object.fromEntries(found.map((field) => [field, say(`console.case.wrong.${field}`)])));
    if (found.length === 0) void work.run(async () => setDraft(await writeCase(app, asked, hours)));
  };

  if (draft) {
    const changed = changedTerms(asked, draft.terms);
    return (
      <Page title={say('console.sign.headline')}>
        <p class="lead">
          <S text={say('console.sign.text')} />
        </p>
        <Terms terms={draft.terms} hash={draft.hash} />
        {changed.length > 0 && (
          <p class="problem" role="alert" data-problem="changed">
            <S text={say('console.sign.changed', { fields: changed.join(', ') })} />
          </p>
        )}
        <div class="row acts">
          {changed.length === 0 && (
            <Button
              kind="first"
              size="tall"
              disabled={work.busy}
              onClick={() =>
                work.run(async () => {
                  await signCase(app, draft);
                  app.go(`case/${draft.id}`);
                })
              }
            >
              {say('console.sign.open')}
            </Button>
          )}
          <Button
            size="tall"
            onClick={() => {
              // A draft that nobody signed just goes; where it cannot, it ends by itself.
              void closeCase(app, draft.id).catch(() => {});
              work.clear();
              setDraft(null);
            }}
          >
            {say('console.sign.change')}
          </Button>
        </div>
        <Problem error={work.failed} />
      </Page>
    );
  }

  const text = (field: 'venue' | 'cap' | 'hours' | 'dwell', help = true) => (
    <Field
      label={say(`console.case.${field}`)}
      wrong={wrong[field] ?? null}
      {...(help ? { help: say(`console.case.${field}-help`) } : {})}
    >
      {(attributes) => (
        <input
          {...attributes}
          name={field}
          inputMode="numeric"
          autocomplete="off"
          value={typed[field]}
          onInput={(event) => set({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const moment = (field: 'from' | 'until') => (
    <Field label={say(`console.case.${field}`)} wrong={wrong[field] ?? null}>
      {(attributes) => (
        <input
          {...attributes}
          name={field}
          type="datetime-local"
          value={typed[field]}
          onInput={(event) => set({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  const words = (field: 'basis' | 'reason', most: number) => (
    <Field
      label={say(`console.case.${field}`)}
      help={say(`console.case.${field}-help`)}
      wrong={wrong[field] ?? null}
    >
      {(attributes) => (
        <textarea
          {...attributes}
          name={field}
          rows={2}
          maxLength={most}
          value={typed[field]}
          onInput={(event) => set({ [field]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <Page title={say('console.case.new')} back={{ href: '#/cases', word: say('console.place.cases') }}>
      <form
        class="case-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <div class="two">
          <div>
            {text('venue')}
            {moment('from')}
            {moment('until')}
            {text('dwell')}
          </div>
          <div>
            {words('basis', LONGEST_BASIS)}
            {words('reason', LONGEST_REASON)}
            <fieldset class="field">
              <legend>{say('console.case.issuers')}</legend>
              {issuers.map((issuer) => (
                <label class="tick" key={issuer}>
                  <input
                    type="checkbox"
                    checked={typed.issuers.includes(issuer)}
                    onChange={(event) =>
                      set({
                        issuers: event.currentTarget.checked
                          ? [...typed.issuers, issuer].sort()
                          : typed.issuers.filter((one) => one !== issuer),
                      })
                    }
                  />
                  <span>{issuer}</span>
                </label>
              ))}
              <p class="help">{say('console.case.issuers-help')}</p>
            </fieldset>
            <div class="pair">
              {text('cap')}
              {text('hours')}
            </div>
          </div>
        </div>
        <div class="row acts">
          <Button kind="first" size="tall" type="submit" disabled={work.busy}>
            {say('console.case.look')}
          </Button>
        </div>
        <Problem error={work.failed} />
      </form>
    </Page>
  );
}

/** What is not as a case must be, field by field; the desks check the same again. */
function problemsOf(asked: TermsJson, hours: number, now: number): (keyof Typed)[] {
  const whole = (value: number, most: number) => Number.isInteger(value) && value >= 1 && value <= most;
  const found: (keyof Typed)[] = [];
  if (!whole(asked.venueId, Number.MAX_SAFE_INTEGER)) found.push('venue');
  if (Number.isNaN(asked.from)) found.push('from');
  if (!(asked.until > asked.from) || asked.until > now + 60) found.push('until');
  if (asked.basis === '') found.push('basis');
  if (asked.reason === '') found.push('reason');
  if (!whole(asked.cap, LARGEST_CAP)) found.push('cap');
  if (!whole(hours, MOST_HOURS)) found.push('hours');
  if (!(Number.isInteger(asked.dwellMinutes) && asked.dwellMinutes >= 0 && asked.dwellMinutes <= 1440))
    found.push('dwell');
  return found;
}
