import { Button, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { closeCase, openBoxes, readOneCase, signCase } from '../../engine/case-calls.ts';
import { ANSWER_MS, type CaseState, type ReadCase, roleHere } from '../../engine/cases.ts';
import type { CheckedLine } from '../../engine/log-check.ts';
import { Await, Mark, Page, Problem } from '../parts.tsx';
import { type Asked, useAsked, useConsole, useWords, useWork } from '../use.ts';
import { CaseLines } from './CaseLines.tsx';
import { StateMark } from './Cases.tsx';
import { Terms } from './Terms.tsx';
import { TraceListView } from './TraceListView.tsx';

/** One case: what is signed, by whom, what the public log proves of it, and what may be done next. */
export function CaseView({ id }: { readonly id: string }) {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked(`case/${id}`, () => readOneCase(app, id));
  const [checked, setChecked] = useState<readonly CheckedLine[]>([]);
  const state = asked.value ? provedState(asked.value, checked) : null;
  return (
    <Page
      title={asked.value?.terms.reason ?? say('console.case.one')}
      back={{ href: '#/cases', word: say('console.place.cases') }}
      {...(state ? { action: <StateMark state={state} /> } : {})}
    >
      <Await asked={asked}>
        {(one) => (
          <>
            <Next one={one} state={state ?? one.state} asked={asked} />
            <div class="columns even">
              <section>
                <h2>{say('console.case.signed')}</h2>
                <Terms terms={one.terms} hash={one.hash} venueName={one.venueName} />
              </section>
              <aside>
                {one.asked.length > 0 && state === 'waiting' && <OnCall one={one} />}
                <section>
                  <h2>{say('console.place.log')}</h2>
                  <CaseLines one={one} onChecked={setChecked} />
                </section>
              </aside>
            </div>
            {app.desk.body === 'authority' && one.completeness !== null && <TraceListView one={one} />}
          </>
        )}
      </Await>
    </Page>
  );
}

/** The authority hears of a release from the public log: a line that this page verified says so. */
const provedState = (one: ReadCase, checked: readonly CheckedLine[]): CaseState =>
  one.state === 'waiting' &&
  checked.some(({ line, verdict }) => line?.kind === 'release' && verdict === 'good')
    ? 'released'
    : one.state;

/** Who was asked for the second signature, and when the next one is. */
function OnCall({ one }: { readonly one: ReadCase }) {
  const { say, dates } = useWords();
  return (
    <section>
      <h2>{say('console.case.by')}</h2>
      <ul class="gates">
        {one.asked.map(({ name, atMs }, i) => (
          <li key={atMs}>
            <Mark kind="open">
              {i < one.asked.length - 1
                ? say('console.case.asked', { name, when: dates.clock(atMs) })
                : say('console.case.asked-next', {
                    name,
                    when: dates.clock(atMs),
                    next: dates.clock(atMs + ANSWER_MS),
                  })}
            </Mark>
          </li>
        ))}
      </ul>
    </section>
  );
}

interface NextProps {
  readonly one: ReadCase;
  readonly state: CaseState;
  readonly asked: Asked<unknown>;
}

/** What this officer may do now: sign, have the boxes opened, close. One thing at a time. */
function Next({ one, state, asked }: NextProps) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const role = roleHere(app);
  const opens = role === 'opener';
  const signs = opens ? state === 'draft' : state === 'waiting';
  const step = (what: () => Promise<unknown>) =>
    work.run(async () => {
      await what();
      asked.again();
    });
  return (
    <section class="next" aria-label={say('console.case.next')}>
      <p class="lead" data-state={state}>
        <S
          text={say(signs && !opens ? 'console.case.state-text.mine' : `console.case.state-text.${state}`)}
        />
      </p>
      <div class="row">
        {signs && (
          <Button
            kind="first"
            size="tall"
            disabled={work.busy}
            onClick={() => step(() => signCase(app, one))}
          >
            {say(opens ? 'console.sign.open' : 'console.sign.approve')}
          </Button>
        )}
        {opens && (state === 'released' || state === 'opened') && (
          <Button
            kind="first"
            size="tall"
            disabled={work.busy}
            onClick={() => step(() => openBoxes(app, one.id))}
          >
            {say('console.case.open-boxes')}
          </Button>
        )}
        {state === 'waiting' && !signs && (
          <Button size="tall" onClick={asked.again}>
            {say('console.case.look-again')}
          </Button>
        )}
        {opens && state !== 'expired' && (
          <Button
            kind="plain"
            disabled={work.busy}
            onClick={() =>
              work.run(async () => {
                await closeCase(app, one.id);
                app.go('cases');
              })
            }
          >
            {say('console.case.close')}
          </Button>
        )}
      </div>
      <Problem error={work.failed} />
    </section>
  );
}
