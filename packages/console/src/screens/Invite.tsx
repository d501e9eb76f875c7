import { Button, QrSvg, S } from '@munjigi/ui/elements';
import { useState } from 'preact/hooks';
import { inviteLink } from '../engine/links.ts';
import type { MadeInvite } from '../engine/people.ts';
import type { Role } from '../engine/session.ts';
import { Field, Problem } from './parts.tsx';
import { useWords, useWork } from './use.ts';

interface Props {
  /** The roles that may be chosen; a single one is not asked for. */
  readonly roles: readonly Role[];
  make(name: string, role: Role): Promise<MadeInvite>;
}

/** Invites somebody: a name, a role, and a link that is good once. */
export function Invite({ roles, make }: Props) {
  const { say, dates } = useWords();
  const work = useWork();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>(roles[0]!);
  const [made, setMade] = useState<MadeInvite | null>(null);
  if (made) {
    const link = inviteLink(location, made.code);
    return (
      <div class="invite" data-link={link}>
        <p>
          <b>{say('console.invite.made', { name })}</b>{' '}
          <S
            text={
              made.needsApproval
                ? say('console.invite.needs-approval')
                : say('console.invite.once', { when: dates.moment(made.endsMs) })
            }
          />
        </p>
        <div class="paper">
          <QrSvg text={link} label={say('console.invite.qr', { name })} />
        </div>
        <p class="small link">{link}</p>
        <Button
          kind="plain"
          onClick={() => {
            setMade(null);
            setName('');
          }}
        >
          {say('console.invite.another')}
        </Button>
      </div>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void work.run(async () => {
          setMade(await make(name.trim(), role));
        });
      }}
    >
      <Field label={say('console.invite.name')} help={say('console.invite.name-help')}>
        {(attributes) => (
          <input
            {...attributes}
            value={name}
            maxLength={60}
            autocomplete="off"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      {roles.length > 1 && (
        <Field label={say('console.invite.role')}>
          {(attributes) => (
            <select
              {...attributes}
              value={role}
              onChange={(event) => setRole(event.currentTarget.value as Role)}
            >
              {roles.map((one) => (
                <option key={one} value={one}>
                  {say(`console.role.${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Button kind="first" type="submit" disabled={work.busy || name.trim() === ''}>
        {say('console.invite.make')}
      </Button>
      <Problem error={work.failed} />
    </form>
  );
}
