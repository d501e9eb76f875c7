import { generateKeyPairSync, sign } from 'node:crypto';
import { Accounts } from '@munjigi/service/accounts';
import { migrate } from '@munjigi/service/db';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../packages/service/src/contracts/index.ts';
import { algorithmsOf } from '../packages/service/src/lib/accounts/ceremony.ts';
import { isDerSignature, pointOfCose } from '../packages/service/src/lib/accounts/passkey-key.ts';
import { OPERATOR } from '../packages/service/src/lib/who.ts';
import { TestAuthenticator } from './support/authenticator.ts';
import { type TestDatabase, testEngines } from './support/databases.ts';

const ORIGIN = 'http://register.localhost:8787';
const NOW = Date.parse('2022-01-06T13:58:00+09:00');
const RUNS = 80;

/** One bit of a base64url text, flipped. */
function flipped(text: string, at: number, bit: number): string {
  const bytes = Buffer.from(text, 'base64url');
  bytes[at % bytes.length]! ^= 1 << bit;
  return bytes.toString('base64url');
}

/** What client data says, where it is JSON still. */
function saidIn(clientDataJSON: string): { challenge?: string; origin?: string; type?: string } {
  try {
    const { challenge, origin, type } = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString());
    return { challenge, origin, type };
  } catch {
    return {};
  }
}

describe('bytes that an authenticator would not send', () => {
  const [engine] = testEngines();
  let test: TestDatabase;
  let accounts: Accounts;
  beforeAll(async () => {
    await engine!.start();
    test = await engine!.fresh();
    await migrate(test.db, 'register', NOW);
    const clock = { nowMs: () => NOW };
    accounts = new Accounts({
      db: test.db,
      body: 'register',
      origins: [ORIGIN],
      clock,
      realMs: clock.nowMs,
    });
  });
  afterAll(() => engine!.stop());

  /** How it ended: `done`, or the code of a refusal. Anything unforeseen is thrown on. */
  const outcome = async (work: () => Promise<unknown>): Promise<string> => {
    try {
      await work();
      return 'done';
    } catch (error) {
      if (error instanceof ApiError) return error.code;
      throw error;
    }
  };
  const enrolled = async (key: TestAuthenticator) => {
    const { code } = await accounts.invite({ name: 'x', roles: ['owner'] }, OPERATOR);
    return key.create(await accounts.enrolOptions({ code }), ORIGIN);
  };

  it('never sign anybody in when one bit is wrong, and are never a failure of the service', async () => {
    const key = new TestAuthenticator();
    await accounts.enrol((await enrolled(key)) as never);
    const field = fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature', 'userHandle');
    await fc.assert(
      fc.asyncProperty(field, fc.nat(), fc.nat({ max: 7 }), async (name, at, bit) => {
        const answer = key.get(await accounts.signInOptions(), ORIGIN);
        const response = { ...answer.response, [name]: flipped(answer.response[name]!, at, bit) };
        const ended = await outcome(() => accounts.signIn({ ...answer, response } as never));
        expect(ended).toMatch(/^accounts\.(passkey|challenge|origin)$/);
      }),
      { numRuns: RUNS },
    );
    expect(
      await outcome(async () => accounts.signIn(key.get(await accounts.signInOptions(), ORIGIN) as never)),
    ).toBe('done');
  });

  it('never sign anybody in when they are another altogether', async () => {
    const bytes = fc
      .uint8Array({ minLength: 37, maxLength: 200 })
      .map((some) => Buffer.from(some).toString('base64url'));
    const key = new TestAuthenticator();
    await accounts.enrol((await enrolled(key)) as never);
    await fc.assert(
      fc.asyncProperty(bytes, bytes, bytes, fc.boolean(), async (data, signature, clientData, known) => {
        const answer = key.get(await accounts.signInOptions(), ORIGIN);
        const clientDataJSON = known ? answer.response.clientDataJSON : clientData;
        const response = { clientDataJSON, authenticatorData: data, signature };
        const ended = await outcome(() => accounts.signIn({ ...answer, response } as never));
        expect(ended).toMatch(/^accounts\.(passkey|origin)$/);
      }),
      { numRuns: RUNS },
    );
  });

  it('never enrol for an account that they were not asked for, and are never a failure of the service', async () => {
    const field = fc.constantFrom('clientDataJSON', 'attestationObject');
    await fc.assert(
      fc.asyncProperty(field, fc.nat(), fc.nat({ max: 7 }), async (name, at, bit) => {
        const answer = await enrolled(new TestAuthenticator());
        const response = { ...answer.response, [name]: flipped(answer.response[name] as string, at, bit) };
        // Nobody signs a new key, so a bit of its model or of a field that nobody reads may be any.
        const ended = await outcome(() => accounts.enrol({ ...answer, response } as never));
        expect(ended).toMatch(/^(done|accounts\.\w+)/);
        const { challenge, origin, type } = saidIn(response.clientDataJSON);
        const asked = saidIn(answer.response.clientDataJSON);
        if (ended === 'done') expect({ challenge, origin, type }).toEqual(asked);
      }),
      { numRuns: RUNS },
    );
  });

  it('are no signature in any form but the one', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(), fc.nat({ max: 7 }), (data, at, bit) => {
        const der = sign('sha256', data, privateKey);
        expect(isDerSignature(der)).toBe(true);
        expect(isDerSignature(der.subarray(0, at % der.length))).toBe(false);
        expect(isDerSignature(Buffer.concat([der, Buffer.of(0)]))).toBe(false);
        const framing = [0, 1, 2, 3, 4 + der[3]!, 5 + der[3]!];
        const torn = Buffer.from(der);
        torn[framing[at % framing.length]!]! ^= 1 << bit;
        expect(isDerSignature(torn), torn.toString('hex')).toBe(false);
      }),
    );
    const [small, padded, negative] = ['300602010102017f', '30070202000102017f', '300602018102017f'];
    expect([small, padded, negative].map((hex) => isDerSignature(Buffer.from(hex!, 'hex')))).toEqual([
      true,
      false,
      false,
    ]);
    expect(isDerSignature(Buffer.from(`3046022101${'11'.repeat(32)}022101${'11'.repeat(32)}`, 'hex'))).toBe(
      false,
    );
  });

  it('are no key of an officer: only ES256 on its own curve is', () => {
    expect(algorithmsOf(true)).toEqual([-7]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(pointOfCose(bytes)).toBeNull();
      }),
    );
    const honest = Buffer.from(coseOf(new TestAuthenticator().point!));
    expect(pointOfCose(honest)).toHaveLength(65);
    for (const at of [honest.length - 1, honest.length - 40]) {
      const off = Buffer.from(honest);
      off[at]! ^= 1;
      expect(pointOfCose(off), 'a point beside the curve').toBeNull();
    }
    const other = Buffer.from(honest);
    other[6] = 0x02;
    expect(pointOfCose(other), 'another curve').toBeNull();
  });
});

/** {1: 2, 3: -7, -1: 1, -2: x, -3: y} (RFC 9053 §7.1.1). */
const coseOf = (point: Uint8Array): Uint8Array =>
  Buffer.concat([
    Buffer.from('a501020326200121', 'hex').subarray(0, 7),
    Buffer.from('215820', 'hex'),
    point.slice(1, 33),
    Buffer.from('225820', 'hex'),
    point.slice(33),
  ]);
