import { Button, S } from '@munjigi/ui/elements';
import { approveRegistration, type Registration, readRegistrations } from '../engine/registrations.ts';
import { Await, Facts, Page, Problem } from './parts.tsx';
import { type Asked, useAsked, useConsole, useWords, useWork } from './use.ts';

/** Venues that wait for the local government: an inspector sees what they said, and lets them open. */
export function Registrations() {
  const app = useConsole();
  const { say } = useWords();
  const asked = useAsked('registrations', () => readRegistrations(app));
  return (
    <Page title={say('console.place.registrations')}>
      <p class="lead">
        <S text={say('console.registrations.text')} />
      </p>
      <Await asked={asked}>
        {(all) => {
          const list = all.filter(({ state }) => state === 'waiting');
          return list.length === 0 ? (
            <p>{say('console.registrations.none')}</p>
          ) : (
            <ul class="lines">
              {list.map((one) => (
                <Waiting key={one.registrationId} one={one} asked={asked} />
              ))}
            </ul>
          );
        }}
      </Await>
    </Page>
  );
}

function Waiting({ one, asked }: { readonly one: Registration; readonly asked: Asked<unknown> }) {
  const app = useConsole();
  const { say, dates, ofPack } = useWords();
  const work = useWork();
  return (
    <li class="open" data-registration={one.registrationId}>
      <h2>{one.name}</h2>
      <Facts
        rows={[
          [say('console.register.kind'), ofPack('venue', one.kind)],
          [say('console.register.region'), ofPack('region', one.region)],
          [say('console.register.number'), one.businessNumber ?? say('console.registrations.no-number')],
          [say('console.registrations.owner'), one.owner ?? ''],
          [say('console.registrations.asked'), dates.moment(one.madeMs)],
        ]}
      />
      <Button
        kind="first"
        disabled={work.busy}
        onClick={() =>
          work.run(async () => {
            await approveRegistration(app, one.registrationId);
            asked.again();
          })
        }
      >
        {say('console.registrations.approve')}
        <span class="off-screen"> {one.name}</span>
      </Button>
      <Problem error={work.failed} />
    </li>
  );
}
