import { Button, S } from '@munjigi/ui/elements';
import { approveCase, closeCase, openBoxes, readOneCase } from '../../engine/case-calls.ts';
import { type ReadCase, roleHere } from '../../engine/cases.ts';
import { Await, Mark, Page, Problem } from '../parts.tsx';
import { type Asked, useAsked, useConsole, useWords, useWork } from '../use.ts';
import { StateMark } from './Cases.tsx';
import { CaseLines } from './LogLines.tsx';
import { Terms } from './Terms.tsx';
import { TraceListView } from './TraceListView.tsx';

/** One case: what was signed, by whom, what the public log holds of it, and what may be done next. */
export function CaseView({ id }: { readonly id: string }) {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked(`case/${id}`, () => readOneCase(app, id));
  return (
    <Page
      title={asked.value?.terms.reason ?? say('console.case.one')}
      back={{ href: '#/cases', word: say('console.place.cases') }}
      {...(asked.value ? { action: <StateMark state={asked.value.file.state} /> } : {})}
    >
      <Await asked={asked}>
        {(one) => (
          <>
            <Next one={one} asked={asked} />
            <div class="columns even">
              <section>
                <h2>{say('console.case.signed')}</h2>
                <Terms terms={one.terms} hash={one.hash} />
              </section>
              <aside>
                <section>
                  <h2>{say('console.case.signatures')}</h2>
                  <Signatures one={one} />
                </section>
                <section>
                  <h2>{say('console.place.log')}</h2>
                  <CaseLines lines={one.file.lines} />
                </section>
              </aside>
            </div>
            {app.desk.body === 'authority' &&
              (one.file.state === 'opened' || one.file.state === 'closed') && <TraceListView one={one} />}
          </>
        )}
      </Await>
    </Page>
  );
}

function Signatures({ one }: { readonly one: ReadCase }) {
  const { say, dates } = useWords();
  return (
    <ul class="gates">
      {(['opener', 'approver'] as const).map((role) => {
        const given = one.approvals.find((approval) => approval.role === role);
        return (
          <li key={role}>
            <b>{say(`console.role.${role}`)}</b>
            <p>
              {given ? (
                <Mark kind="good">
                  {say('console.case.signed-at', { when: dates.moment(given.at * 1000) })}
                </Mark>
              ) : (
                <Mark kind="open">{say('console.case.not-signed')}</Mark>
              )}
            </p>
            {!given && one.file.asked && (
              <p class="small">
                <S
                  text={
                    one.file.asked.nextMs === null
                      ? say('console.case.asked', {
                          name: one.file.asked.name,
                          when: dates.clock(one.file.asked.sinceMs),
                        })
                      : say('console.case.asked-next', {
                          name: one.file.asked.name,
                          when: dates.clock(one.file.asked.sinceMs),
                          next: dates.clock(one.file.asked.nextMs),
                        })
                  }
                />
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** What this officer may do now: sign, have the boxes opened, close. One thing at a time. */
function Next({ one, asked }: { readonly one: ReadCase; readonly asked: Asked<unknown> }) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const { state } = one.file;
  const role = roleHere(app);
  const step = async (what: () => Promise<unknown>) => {
    await work.run(async () => {
      await what();
      asked.again();
    });
  };
  const isMine =
    role === 'approver' && state === 'waiting' && !one.approvals.some((a) => a.role === 'approver');
  return (
    <section class="next" aria-label={say('console.case.next')}>
      <p class="lead">
        <S text={say(isMine ? 'console.case.state-text.mine' : `console.case.state-text.${state}`)} />
      </p>
      <div class="row">
        {isMine && (
          <Button
            kind="first"
            size="tall"
            disabled={work.busy}
            onClick={() => step(() => approveCase(app, one))}
          >
            {say('console.sign.approve')}
          </Button>
        )}
        {role === 'opener' && state === 'released' && (
          <Button
            kind="first"
            size="tall"
            disabled={work.busy}
            onClick={() => step(() => openBoxes(app, one.id))}
          >
            {say('console.case.open-boxes')}
          </Button>
        )}
        {role === 'opener' && (state === 'opened' || state === 'waiting' || state === 'approved') && (
          <Button disabled={work.busy} onClick={() => step(() => closeCase(app, one.id))}>
            {say('console.case.close')}
          </Button>
        )}
        {(state === 'waiting' || state === 'approved') && !isMine && (
          <Button kind="plain" onClick={asked.again}>
            {say('console.case.look-again')}
          </Button>
        )}
      </div>
      <Problem error={work.failed} />
    </section>
  );
}
