import { Button, S } from '@munjigi/ui/elements';
import { useEffect, useState } from 'preact/hooks';
import {
  type IncidentBook,
  type IncidentLine,
  noticeTitle,
  readIncidents,
  reportable,
  reportIncident,
} from '../../engine/incident-calls.ts';
import { Await, Facts, Field, Mark, Page, Problem } from '../parts.tsx';
import { useAsked, useConsole, useWords, useWork } from '../use.ts';

const EVERY_MS = 5_000;

/** The name of a component in the words of the pack. */
export function useComponentName(): (component: string) => string {
  const { language } = useWords();
  const { policy } = useConsole().world.value;
  return (component) => {
    const key = `component.${component}`;
    return policy?.hasText(language, key) ? policy.text(language, key) : component;
  };
}

/** What is said now, how everything stands, and every incident, the newest first; read again while the page is open. */
export function Incidents() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('incidents', () => readIncidents(app));
  useEffect(() => {
    const timer = setInterval(() => asked.again(), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <Page title={say('console.place.incidents')}>
      <Await asked={asked}>
        {(book) => (
          <div class="stack">
            <div class="two">
              <Said book={book} />
              <States book={book} />
            </div>
            {book.incidents.length === 0 ? (
              <p>{say('console.incident.none')}</p>
            ) : (
              <ul class="lines">
                {book.incidents.map((one) => (
                  <IncidentRow key={one.number} one={one} />
                ))}
              </ul>
            )}
            <Report onDone={asked.again} />
          </div>
        )}
      </Await>
    </Page>
  );
}

function Said({ book: { said } }: { readonly book: IncidentBook }) {
  const { say, language, dates } = useWords();
  const { policy } = useConsole().world.value;
  return (
    <section data-said={said.notice ?? ''}>
      <h2>{say('console.incident.said')}</h2>
      <p>
        <b>
          {said.notice === null
            ? say('console.incident.usual')
            : noticeTitle(policy, said.notice, language, said.since)}
        </b>
      </p>
      <p class="quiet num">
        {[
          dates.moment(said.since * 1000),
          said.notice === null ? '' : say(`console.incident.phase.${said.status}`),
          said.saidBy === null ? '' : say(`console.incident.by.${said.saidBy}`),
        ]
          .filter((words) => words !== '')
          .join(' · ')}
      </p>
    </section>
  );
}

function States({ book: { states } }: { readonly book: IncidentBook }) {
  const { say, dates } = useWords();
  const nameOf = useComponentName();
  return (
    <section>
      <h2>{say('console.incident.states')}</h2>
      <Facts
        rows={states.map(({ component, state, since }) => [
          nameOf(component),
          <Mark key={component} kind={state === 'works' ? 'good' : state === 'unknown' ? 'open' : 'bad'}>
            {say(`console.incident.state.${state}`)}
            {since !== null && state !== 'works' && (
              <span class="num"> {say('console.incident.began', { when: dates.clock(since * 1000) })}</span>
            )}
          </Mark>,
        ])}
      />
    </section>
  );
}

/** Where an incident stands: its phase, and whether it goes on. */
export function PhaseMark({ one }: { readonly one: IncidentLine }) {
  const { say } = useWords();
  const lasts = one.phase !== 'closed' && !one.works;
  return (
    <Mark kind={one.phase === 'closed' ? 'good' : lasts ? 'bad' : 'open'}>
      {[
        say(`console.incident.phase.${one.phase}`),
        one.phase === 'closed' ? '' : say(lasts ? 'console.incident.lasts' : 'console.incident.works-mark'),
        one.exercise ? say('console.incident.exercise') : '',
      ]
        .filter((words) => words !== '')
        .join(' · ')}
    </Mark>
  );
}

function IncidentRow({ one }: { readonly one: IncidentLine }) {
  const { say, dates } = useWords();
  const nameOf = useComponentName();
  const began = one.events[0]?.at ?? 0;
  return (
    <li>
      <a class="line" href={`#/incident/${one.number}`} data-incident={one.number}>
        <span>
          <b>
            {nameOf(one.component)} {say(`console.incident.state.${one.state}`)}
          </b>
          <small class="num">{dates.moment(began * 1000)}</small>
        </span>
        <span class="end">
          <PhaseMark one={one} />
          <small>{say('console.incident.number', { number: one.number })}</small>
        </span>
      </a>
    </li>
  );
}

function Report({ onDone }: { readonly onDone: () => void }) {
  const app = useConsole();
  const { say } = useWords();
  const nameOf = useComponentName();
  const components = reportable(app.world.value.policy);
  const [component, setComponent] = useState('');
  const [state, setState] = useState<IncidentLine['state']>('down');
  const [done, setDone] = useState(false);
  const work = useWork();
  if (components.length === 0) return null;
  return (
    <form
      class="narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          await reportIncident(app, component, state);
          setDone(true);
          onDone();
        });
      }}
    >
      <h2>{say('console.incident.report')}</h2>
      <p>
        <S text={say('console.incident.report-text')} />
      </p>
      <Field label={say('console.incident.component')}>
        {(attributes) => (
          <select
            {...attributes}
            value={component}
            onChange={(event) => setComponent(event.currentTarget.value)}
          >
            <option value="">{say('console.incident.choose')}</option>
            {components.map((name) => (
              <option key={name} value={name}>
                {nameOf(name)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset class="field">
        <legend>{say('console.incident.states')}</legend>
        {(['down', 'slow'] as const).map((one) => (
          <label class="tick" key={one}>
            <input type="radio" name="state" checked={state === one} onChange={() => setState(one)} />
            <span>{say(`console.incident.state.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <Button icon="message-square" type="submit" disabled={work.busy || component === ''}>
          {say('console.incident.report')}
        </Button>
      </div>
      <p role="status">{done ? say('console.incident.reported') : ''}</p>
      <Problem error={work.failed} />
    </form>
  );
}
