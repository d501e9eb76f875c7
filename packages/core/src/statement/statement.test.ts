import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { NO_RECEIPT, signReceipt } from '../chain/index.ts';
import { base45Decode, base45Encode } from '../encoding/index.ts';
import { isMunjigiError } from '../errors.ts';
import { compressPoint, keyThumbprint, spkiFromPoint } from '../signing/index.ts';
import { checkStatement, STATEMENT_PREFIX, type Statement, signStatement, statementText } from './index.ts';

const tablet = testKey('a tablet that was cut off');
const other = testKey('another tablet');
const register = testKey('a register');
const KID = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const SPKI = spkiFromPoint(register.publicKey);
const listed = (kid: Uint8Array) => (kid[0] === 1 ? SPKI : undefined);
const hash = (fill: number) => new Uint8Array(32).fill(fill);
const FROM = 1_641_445_200;
const TO = 1_641_464_400;

const receipt = (gate = tablet, venueId = 7, head = { counter: 112, hash: hash(3) }) =>
  signReceipt(
    {
      venueId,
      gate: keyThumbprint(gate.publicKey),
      head,
      receivedAtMs: TO * 1000 + 40_000,
      previousReceipt: NO_RECEIPT,
      safeCounter: 0,
    },
    register,
    KID,
  );

const said = async (more: Partial<Statement> = {}): Promise<Omit<Statement, 'gateKey'>> => ({
  venueId: 7,
  venueName: '모퉁이 카페',
  gateName: '정문 태블릿',
  from: FROM,
  to: TO,
  madeAt: TO + 60,
  ongoing: false,
  spans: [{ what: 'register', from: FROM, to: TO }],
  checks: { scan: 30, eye: 1, verbal: 0, notRequired: 0, notMade: 0 },
  saved: 31,
  cancelled: 1,
  confirmed: 31,
  notSaved: 0,
  before: { counter: 80, hash: hash(2) },
  after: { counter: 112, hash: hash(3) },
  counted: [
    { notice: null, obligation: 'usual', sequence: 40, from: FROM },
    { notice: 'app-down', obligation: 'check-by-eye', sequence: 41, from: FROM + 120 },
  ],
  receipt: await receipt(),
  ...more,
});
const codeOf = async (more: Partial<Statement> = {}) =>
  statementText(await signStatement(await said(more), tablet));

describe('a statement of degraded hours', () => {
  it('comes back as it was made, says that the register knows the gate, and fits a printed code', async () => {
    const made = await said();
    const text = statementText(await signStatement(made, tablet));
    const checked = await checkStatement(text, listed, crypto);
    expect(checked.statement).toEqual({ ...made, gateKey: compressPoint(tablet.publicKey) });
    expect(checked).toMatchObject({
      gate: 'known',
      receivedAtMs: TO * 1000 + 40_000,
      receivedUpTo: 112,
    });
    expect(text).toMatch(/^[0-9A-Z $%*+\-./:]+$/);
    // Version 20-L holds 1,249 alphanumeric characters.
    expect(text.length).toBeLessThanOrEqual(1249);
  });

  it('is nobody’s yet without a receipt, and under trust that does not list the register’s key', async () => {
    const none = await checkStatement(await codeOf({ receipt: null }), listed, crypto);
    const older = await checkStatement(await codeOf(), () => undefined, crypto);
    expect([none.gate, older.gate]).toEqual(['unconfirmed', 'unconfirmed']);
  });

  it.each([
    ['another gate', () => receipt(other)],
    ['another venue', () => receipt(tablet, 8)],
    ['another branch of the chain', () => receipt(tablet, 7, { counter: 80, hash: hash(9) })],
  ])('is refused with a receipt of %s', async (_, lent) => {
    const text = await codeOf({ receipt: await lent() });
    await expect(checkStatement(text, listed, crypto)).rejects.toMatchObject({ code: 'statement.receipt' });
  });

  it('is not believed with any bit changed, and never breaks the reader', async () => {
    const signed = await signStatement(await said(), tablet);
    for (let at = 0; at < signed.length; at++) {
      const bent = signed.slice();
      bent[at]! ^= 1 << (at % 8);
      const outcome = await checkStatement(statementText(bent), listed, crypto).then(
        () => 'believed',
        (error: unknown) => (isMunjigiError(error) ? 'refused' : error),
      );
      expect(outcome, `bit of byte ${at}`).toBe('refused');
    }
  });

  it('refuses garbage by an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
        const text = STATEMENT_PREFIX + base45Encode(bytes);
        const error = await checkStatement(text, listed, crypto).catch((thrown: unknown) => thrown);
        return isMunjigiError(error);
      }),
      { seed: 20220106, numRuns: 300 },
    );
    await expect(checkStatement('MJ1:ABC', listed, crypto)).rejects.toMatchObject({
      code: 'statement.structure',
    });
  });

  it.each([
    ['time that runs backwards', { to: FROM - 1 }],
    ['made before it ended', { madeAt: TO - 1 }],
    ['a span outside its time', { spans: [{ what: 'mirrors', from: FROM - 1, to: TO }] }],
    ['ongoing with every span ended', { ongoing: true }],
    ['no span at all', { spans: [] }],
    ['more confirmed than saved', { confirmed: 32 }],
    ['more saved than the chain grew', { saved: 33 }],
    ['one end of the chain alone', { after: null }],
    [
      'a notice that counted before it began',
      { counted: [{ notice: null, obligation: 'usual', sequence: 1, from: FROM - 1 }] },
    ],
  ] as const)('is not signed with %s', async (_, wrong) => {
    await expect(signStatement(await said(wrong as Partial<Statement>), tablet)).rejects.toMatchObject({
      code: 'statement.structure',
    });
  });

  it('cannot be shown as another kind of document', async () => {
    const signed = await signStatement(await said(), tablet);
    expect(base45Decode(statementText(signed), STATEMENT_PREFIX.length)).toEqual(signed);
    await expect(
      checkStatement(STATEMENT_PREFIX + base45Encode(await receipt()), listed, crypto),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/^statement\./),
    });
  });
});
