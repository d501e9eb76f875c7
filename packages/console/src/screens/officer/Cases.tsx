import { S } from '@munjigi/ui/elements';
import { readCases } from '../../engine/case-calls.ts';
import type { CaseLine, CaseState } from '../../engine/cases.ts';
import { Await, LinkButton, Mark, Page } from '../parts.tsx';
import { useAsked, useConsole, useWords } from '../use.ts';

/** The cases of this body. */
export function Cases() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('cases', () => readCases(app));
  const opens = app.desk.body === 'authority';
  return (
    <Page
      title={say('console.place.cases')}
      {...(opens
        ? {
            action: (
              <LinkButton href="#/cases/new" icon="file-text" kind="first">
                {say('console.case.new')}
              </LinkButton>
            ),
          }
        : {})}
    >
      <p class="lead">
        <S text={say(opens ? 'console.cases.opens' : 'console.cases.approves')} />
      </p>
      <Await asked={asked}>
        {(cases) =>
          cases.length === 0 ? (
            <p>{say('console.cases.none')}</p>
          ) : (
            <ul class="lines">
              {cases.map((one) => (
                <CaseRow key={one.id} one={one} />
              ))}
            </ul>
          )
        }
      </Await>
    </Page>
  );
}

export function StateMark({ state }: { readonly state: CaseState }) {
  const { say } = useWords();
  const kind = state === 'listed' || state === 'released' ? 'good' : state === 'expired' ? 'bad' : 'open';
  return <Mark kind={kind}>{say(`console.case.state.${state}`)}</Mark>;
}

function CaseRow({ one }: { readonly one: CaseLine }) {
  const { say, dates } = useWords();
  return (
    <li>
      <a class="line" href={`#/case/${one.id}`} data-case={one.id}>
        <span>
          <b>{one.reason}</b>
          <small>
            {one.venueName ?? say('console.venue.number', { number: one.venueId })} ·{' '}
            {say('console.case.window-value', {
              from: dates.moment(one.from * 1000),
              until: dates.moment(one.until * 1000),
            })}
          </small>
        </span>
        <span class="end">
          <StateMark state={one.state} />
          <small>{say('console.case.until-when', { when: dates.moment(one.expiresAt * 1000) })}</small>
        </span>
      </a>
    </li>
  );
}
