import type { ServiceCalls } from './service-calls.ts';

/** People of the demonstration who sign in at the consoles: one of each role, each at one body. */
const PEOPLE = [
  { body: 'register', role: 'owner', name: '김주인', words: '매장 주인 / owner' },
  { body: 'register', role: 'inspector', name: '한점검', words: '점검자 / inspector' },
  { body: 'register', role: 'officer', name: '박담당', words: '담당자 / officer' },
  { body: 'register', role: 'operator', name: '정운영', words: '운영자 / operator' },
  { body: 'authority', role: 'officer', name: '이조사', words: '담당자 / officer' },
  { body: 'authority', role: 'operator', name: '최운영', words: '운영자 / operator' },
] as const;

type Person = (typeof PEOPLE)[number];

/** Somebody who has no passkey yet, and the code by which one is made. */
export interface Invited {
  readonly body: Person['body'];
  readonly words: string;
  readonly code: string;
}

interface Listed {
  readonly accounts: readonly {
    readonly accountId: string;
    readonly name: string;
    readonly roles: readonly string[];
    readonly passkeys: readonly unknown[];
  }[];
}

/**
 * The demonstration's people: made at the first start, invited as long as they have no passkey. Who has one signs in with
 * it at every later start. Invites are told by the program that started everything, and by nothing else.
 */
export function staffOf(calls: ServiceCalls) {
  const ready = new Map<string, { accountId: string; code: string | null }>();

  async function invite(person: Person): Promise<{ accountId: string; code: string | null }> {
    const { accounts } = await calls.call<Listed>('GET', `/api/${person.body}/accounts`);
    const known = accounts.find(({ name, roles }) => name === person.name && roles.includes(person.role));
    if (known && known.passkeys.length > 0) return { accountId: known.accountId, code: null };
    return calls.call<{ accountId: string; code: string }>(
      'POST',
      `/api/${person.body}/session/invite`,
      known ? { accountId: known.accountId } : { name: person.name, roles: [person.role] },
    );
  }

  /** Once for each run of the program: a code that was told stays good. */
  async function once(person: Person): Promise<{ accountId: string; code: string | null }> {
    const key = `${person.body} ${person.role}`;
    const made = ready.get(key) ?? (await invite(person));
    ready.set(key, made);
    return made;
  }

  return {
    /** Account of the venue's owner. */
    owner: async (): Promise<string> => (await once(PEOPLE[0])).accountId,
    /** Everybody who has no passkey yet. */
    async invited(): Promise<readonly Invited[]> {
      const all: Invited[] = [];
      for (const person of PEOPLE) {
        const { code } = await once(person);
        if (code !== null) all.push({ body: person.body, words: person.words, code });
      }
      return all;
    },
  };
}
