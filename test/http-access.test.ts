import { openLog } from '@munjigi/service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../packages/service/src/api/server.ts';
import {
  ACCESS,
  type Access,
  accessOf,
  needsNoAccount,
  operations,
  type Role,
} from '../packages/service/src/contracts/index.ts';
import { deskOf, type Operation } from '../packages/service/src/contracts/operation.ts';
import type { DeskName } from '../packages/service/src/lib/desk.ts';
import { sessionHeaders } from './support/accounts.ts';
import { startTestService, type TestService } from './support/service.ts';

const ALL = Object.values<Operation>(operations);
const BODIES: readonly DeskName[] = ['issuer', 'register', 'authority'];
const ROLES_OF: Readonly<Record<DeskName, readonly Role[]>> = {
  issuer: ['officer', 'operator'],
  register: ['owner', 'staff', 'inspector', 'officer', 'operator'],
  authority: ['officer', 'operator'],
};

/** Without a session a code must be there; any other body is refused by its schema, which is after the table. */
const bodyOf = ({ operationId }: Operation): object =>
  operationId.endsWith('EnrolOptions') ? { code: 'A'.repeat(22) } : {};

/** An address of the operation that its schema reads, whatever is then found there. */
function addressOf({ url, params }: Operation): string {
  const properties = (
    params as { properties?: Record<string, { pattern?: string; type?: string }> } | undefined
  )?.properties;
  return url.replace(/:(\w+)/g, (_, name: string) => {
    const { pattern = '', type } = properties?.[name] ?? {};
    if (type === 'integer') return '1';
    return pattern.includes('html') ? `${'A'.repeat(22)}.html` : 'A'.repeat(pattern.includes('22') ? 22 : 43);
  });
}

/** Whoever may call: the role that the table looks for, and the headers, made anew for each call. */
interface Caller {
  readonly name: string;
  /** What they are at a desk, or null where they are nobody there. */
  roleAt(desk: string): Role | null;
  headers(): Promise<Record<string, string>>;
}

describe('the authorisation table', () => {
  let test: TestService;
  let network = 0;

  const accounts = (body: DeskName) => test.service.accounts.get(body)!;
  const session = async (body: DeskName, role: Role): Promise<{ accountId: string; token: string }> => {
    const venueIds = role === 'owner' || role === 'staff' ? [1] : [];
    const { accountId } = await accounts(body).add({ name: `${role} of ${body}`, roles: [role], venueIds });
    return { accountId, token: (await accounts(body).begin(accountId)).token };
  };
  /** Each call comes from a network of its own: how often one may ask is tried elsewhere. */
  const ask = async (operation: Operation, headers: Record<string, string>) => {
    network += 1;
    const answer = await test.service.server.inject({
      method: operation.method,
      url: addressOf(operation),
      headers,
      remoteAddress: `10.${network >> 8}.${network & 255}.1`,
      ...(operation.method === 'GET' ? {} : { payload: bodyOf(operation) }),
    });
    const isJson = String(answer.headers['content-type'] ?? '').startsWith('application/json');
    return {
      status: answer.statusCode,
      error: isJson ? (answer.json().error as string | undefined) : undefined,
    };
  };

  const nobody = (name: string, headers: Caller['headers']): Caller => ({
    name,
    roleAt: () => null,
    headers,
  });
  const CALLERS: readonly Caller[] = [
    nobody('nobody', async () => ({})),
    nobody('a wrong token', async () => ({ authorization: `Bearer ${'x'.repeat(43)}` })),
    nobody('a planted cookie', async () => ({
      ...sessionHeaders('register', 'x'.repeat(43)),
      cookie: BODIES.map((body) => `munjigi_${body}=${'x'.repeat(43)}`).join('; '),
    })),
    {
      name: 'the operator of the machine',
      roleAt: () => 'operator',
      headers: async () => ({ authorization: `Bearer ${test.service.operatorToken}` }),
    },
    ...BODIES.flatMap((body) =>
      ROLES_OF[body].map(
        (role): Caller => ({
          name: `${role} of the ${body}`,
          roleAt: (desk) => (desk === body ? role : null),
          // The same token for every desk: a browser would not send it there, an attacker does.
          headers: async () => {
            const { token } = await session(body, role);
            const cookie = BODIES.map((one) => `munjigi_${one}=${token}`).join('; ');
            return { ...sessionHeaders(body, token), cookie };
          },
        }),
      ),
    ),
    ...BODIES.flatMap((body) => [
      nobody(`an operator of the ${body} whose session has passed`, async () => {
        const { accountId, token } = await session(body, 'operator');
        const passed = 'UPDATE session SET ends_ms = 1 WHERE account_id = $1';
        await test.databases.get(body)!.query(passed, [accountId]);
        return sessionHeaders(body, token);
      }),
      nobody(`an operator of the ${body} who signed out`, async () => {
        const { token } = await session(body, 'operator');
        await accounts(body).signOut(token);
        return sessionHeaders(body, token);
      }),
      nobody(`an operator of the ${body} whose account has ended`, async () => {
        const { accountId, token } = await session(body, 'operator');
        const ended = 'UPDATE account SET ended_ms = 1 WHERE account_id = $1';
        await test.databases.get(body)!.query(ended, [accountId]);
        return sessionHeaders(body, token);
      }),
    ]),
  ];

  beforeAll(async () => {
    test = await startTestService();
  });
  afterAll(() => test.remove());

  it.each(CALLERS.map((caller) => [caller.name, caller] as const))(
    'lets %s do what its rows say, and nothing else',
    async (_, caller) => {
      const wrong: string[] = [];
      for (const operation of ALL) {
        const access = accessOf(operation.operationId);
        const role = caller.roleAt(deskOf(operation));
        const allowed = needsNoAccount(access) || (role !== null && access.callers.includes(role));
        const { status, error } = await ask(operation, await caller.headers());
        const expected = allowed ? 'neither 401 nor 403' : role === null ? 401 : 403;
        const refused = status === 401 || status === 403;
        const right = allowed ? !refused : status === expected;
        const named = allowed || ['session.needed', 'operator.token', 'session.role'].includes(error ?? '');
        if (!right || !named) wrong.push(`${operation.operationId}: ${status} ${error}, not ${expected}`);
      }
      expect(wrong).toEqual([]);
    },
  );

  it('leaves to the handler what only the request itself proves, and nobody gets through without that proof', async () => {
    const proved = ALL.filter((operation) => {
      const { callers } = accessOf(operation.operationId);
      return needsNoAccount(accessOf(operation.operationId)) && !callers.includes('public');
    });
    expect(proved.length).toBeGreaterThan(4);
    for (const operation of proved)
      expect((await ask(operation, {})).status, operation.operationId).toBeGreaterThanOrEqual(400);
  });

  it('has a row for everything that is mounted, and everything in it is mounted', () => {
    const mounted = [...test.service.server.mounted].filter(([address]) => !address.startsWith('HEAD '));
    expect(mounted.length).toBeGreaterThan(40);
    for (const [address, operationId] of mounted) expect(ACCESS, address).toHaveProperty(operationId);
    const names = new Set(mounted.map(([, operationId]) => operationId));
    expect(Object.keys(ACCESS).filter((name) => !names.has(name))).toEqual([]);
    expect(Object.keys(ACCESS).sort()).toEqual(Object.keys(operations).sort());
    const rows = test.service.server.printRoutes({ commonPrefix: false });
    expect(rows.match(/\((?:GET|HEAD|POST)/g)!.length, 'nothing was mounted past the frame').toBe(
      new Set(mounted.map(([address]) => address.split(' ')[1])).size,
    );
  });

  it('fails the start where a route without a row is mounted', async () => {
    const frame = () =>
      buildServer({
        log: openLog('silent'),
        operatorToken: 'none',
        accounts: new Map(),
        behindProxy: false,
        enrolments: { take: () => 0 },
        nowMs: () => 0,
        draining: () => false,
      });
    expect(() => frame().get('/api/register/back-door', async () => 'open')).toThrow(
      'GET /api/register/back-door has no row in the authorisation table',
    );
    expect(() =>
      frame().route({
        method: 'POST',
        url: '/api/authority/back-door',
        schema: { operationId: 'backDoor' } as object,
        handler: async () => 'open',
      }),
    ).toThrow('no row');
    await expect(
      (async () => {
        const server = frame();
        server.register(async (inner) => {
          inner.get('/back-door', async () => 'open');
        });
        await server.ready();
      })(),
    ).rejects.toThrow('no row');
    expect(() => accessOf('backDoor')).toThrow('no row in the authorisation table');
  });

  it('does not compile with a row too few', () => {
    const { addVenue, ...tooFew } = ACCESS;
    // @ts-expect-error the row of addVenue is missing
    const table: Record<keyof typeof operations, Access> = tooFew;
    const whole: Record<keyof typeof operations, Access> = { ...tooFew, addVenue };
    expect(Object.keys(whole).length - Object.keys(table).length).toBe(1);
  });
});
