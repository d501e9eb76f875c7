import { Button, S } from '@munjigi/ui/elements';
import {
  approveInvite,
  endAccount,
  type InviteLine,
  makeInvite,
  type PersonLine,
  readPeople,
} from '../../engine/people.ts';
import type { Role } from '../../engine/session.ts';
import { Invite } from '../Invite.tsx';
import { Await, Mark, Page, Problem } from '../parts.tsx';
import { type Asked, useAsked, useConsole, useWords, useWork } from '../use.ts';
import { OnCall } from './OnCall.tsx';

const ROLES: Readonly<Record<string, readonly Role[]>> = {
  register: ['officer', 'operator', 'inspector', 'owner'],
  authority: ['officer', 'operator'],
  issuer: ['officer', 'operator'],
};

/** The accounts of this body. An operator invites; for an officer another officer approves; one's own devices are added here. */
export function People() {
  const app = useConsole();
  const { say } = useWords();
  const who = app.session.who.value;
  const asked = useAsked('people', () => readPeople(app));
  const isOperator = who?.roles.includes('operator') ?? false;
  return (
    <Page title={say('console.place.people')}>
      <div class="two">
        <section>
          <h2>{say('console.people.accounts')}</h2>
          <Await asked={asked}>
            {({ accounts, invites }) => (
              <ul class="gates">
                {accounts.map((one) => (
                  <Person
                    key={one.accountId}
                    one={one}
                    invite={invites.find(({ accountId }) => accountId === one.accountId) ?? null}
                    takesTwo={accounts.some(
                      ({ roles, passkeys }) => roles.includes('officer') && passkeys.length > 0,
                    )}
                    asked={asked}
                  />
                ))}
              </ul>
            )}
          </Await>
        </section>
        <div class="stack">
          <Own />
          {isOperator && app.desk.body === 'register' && asked.value && (
            <OnCall officers={asked.value.accounts.filter(({ roles }) => roles.includes('officer'))} />
          )}
          {isOperator && (
            <section>
              <h2>{say('console.people.invite')}</h2>
              <Invite
                roles={ROLES[app.desk.body] ?? []}
                make={async (name, role) => {
                  const made = await makeInvite(app, name, role);
                  asked.again();
                  return made;
                }}
              />
            </section>
          )}
        </div>
      </div>
    </Page>
  );
}

/** One's own authenticators: two are wanted, so that one may be lost. */
function Own() {
  const { session } = useConsole();
  const { say } = useWords();
  const work = useWork();
  const count = session.who.value?.passkeys ?? 0;
  return (
    <section>
      <h2>{say('console.people.own')}</h2>
      <p>
        <S text={say(count < 2 ? 'console.people.second' : 'console.people.enough', { count })} />
      </p>
      <Button disabled={work.busy} onClick={() => work.run(() => session.enrol(null))}>
        {say('console.people.add')}
      </Button>
      <Problem error={work.failed} />
    </section>
  );
}

interface Props {
  readonly one: PersonLine;
  readonly invite: InviteLine | null;
  /** True once this body has an officer: from then on one more takes another's approval. */
  readonly takesTwo: boolean;
  readonly asked: Asked<unknown>;
}

function Person({ one, invite, takesTwo, asked }: Props) {
  const app = useConsole();
  const { say } = useWords();
  const work = useWork();
  const who = app.session.who.value;
  const isOfficer = who?.roles.includes('officer') ?? false;
  const then = (what: Promise<unknown>) =>
    work.run(async () => {
      await what;
      asked.again();
    });
  return (
    <li data-account={one.name}>
      <b>
        {one.name}{' '}
        <span class="quiet">{one.roles.map((role) => say(`console.role.${role}`)).join(', ')}</span>
      </b>
      <p>
        {one.passkeys.length > 0 ? (
          <Mark kind="good">{say('console.people.passkeys', { count: one.passkeys.length })}</Mark>
        ) : (
          <Mark kind="open">
            {say(
              takesTwo && invite && !invite.approved && one.roles.includes('officer')
                ? 'console.people.not-approved'
                : 'console.people.invited',
            )}
          </Mark>
        )}
      </p>
      {isOfficer &&
        invite &&
        !invite.approved &&
        one.accountId !== who?.accountId &&
        one.roles.includes('officer') && (
          <Button disabled={work.busy} onClick={() => then(approveInvite(app, invite.inviteId))}>
            {say('console.people.approve')}
            <span class="off-screen"> {one.name}</span>
          </Button>
        )}
      {who?.roles.includes('operator') && one.accountId !== who.accountId && (
        <Button kind="plain" disabled={work.busy} onClick={() => then(endAccount(app, one.accountId))}>
          {say('console.people.end')}
          <span class="off-screen"> {one.name}</span>
        </Button>
      )}
      <Problem error={work.failed} />
    </li>
  );
}
