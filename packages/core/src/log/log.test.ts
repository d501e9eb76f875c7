import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { decodeDeterministic, encodeDeterministic, sha256, utf8Encode } from '../encoding/index.ts';
import { isMunjigiError } from '../errors.ts';
import { signDocument } from '../signing/index.ts';
import { signerKid } from '../trust/index.ts';
import {
  acceptHead,
  type Bodies,
  compactHead,
  compareHeads,
  cosignersOf,
  cosignHead,
  encodeCosigned,
  inclusionPath,
  LINE_KINDS,
  type LineKind,
  leafHash,
  lineId,
  lineSigner,
  openHead,
  openLine,
  openLogReceipt,
  readCompactHead,
  readCosigned,
  readLine,
  signHead,
  signLogReceipt,
  treeOfLeaves,
  treeRoot,
  verifyLogReceipt,
} from './index.ts';

const key = (name: string) => testKey(`mj1 test ${name}`);
const [logKey, register, issuer, authority] = ['log', 'register line', 'issuer line', 'authority line'].map(
  key,
) as [ReturnType<typeof key>, ReturnType<typeof key>, ReturnType<typeof key>, ReturnType<typeof key>];
const bodies: Bodies = new Map([
  ['authority', [authority.publicKey]],
  ['register', [register.publicKey]],
  ['issuer', [issuer.publicKey]],
]);
const AT = 1_641_445_080;
const hash = (text: string) => sha256(utf8Encode(text));
const head = { origin: 'test log', size: 5, root: hash('root'), at: AT };
const trust = { origin: 'test log', key: logKey.publicKey, bodies };

describe('a line of the log', () => {
  it('is read back under the line key of the body that it names', async () => {
    const line = await lineSigner('register', register).sign('release', AT, {
      case: hash('case'),
      release: hash('release'),
      count: 82,
      root: hash('boxes'),
    });
    expect(await openLine(line, bodies, crypto)).toEqual(readLine(line));
    expect(readLine(line)).toMatchObject({
      body: 'register',
      kind: 'release',
      at: AT,
      fields: { count: 82 },
    });
    expect(line.length).toBeLessThan(300);
  });

  it('of an unknown body, or signed by another body, is refused', async () => {
    const unknown = await lineSigner('issuer-second', key('second')).sign('key-destroyed', AT, {
      day: '2022-01-06',
    });
    await expect(openLine(unknown, bodies, crypto)).rejects.toMatchObject({ code: 'signing.unknown-key' });
    const borrowed = await lineSigner('register', issuer).sign('case-approved', AT, { case: hash('case') });
    await expect(openLine(borrowed, bodies, crypto)).rejects.toMatchObject({ code: 'signing.unknown-key' });
    const line = await lineSigner('register', register).sign('case-approved', AT, { case: hash('case') });
    const turned = line.map((byte, i) => (i === line.length - 1 ? byte ^ 1 : byte));
    await expect(openLine(turned, bodies, crypto)).rejects.toMatchObject({ code: 'signing.signature' });
  });

  it.each<[string, LineKind, Record<string, unknown>]>([
    ['a venue', 'case-opened', { case: hash('case'), venue: 7 }],
    ['a reason', 'case-opened', { case: hash('case'), reason: 'an outbreak' }],
    ['a handle', 'resolved', { case: hash('case'), count: 1, day: '2022-01-06', handle: new Uint8Array(16) }],
    ['a name in the place of a hash', 'officer-added', { credential: 'Kim', role: 'officer' }],
    ['a name in the place of a role', 'officer-added', { credential: hash('c'), role: '김하나' }],
    ['free text in the place of a day', 'key-destroyed', { day: 'the sixth' }],
    ['a day that no calendar has', 'key-destroyed', { day: '2022-02-30' }],
    ['a count of less than nothing', 'resolved', { case: hash('case'), count: -1, day: '2022-01-06' }],
    ['no case', 'case-opened', {}],
  ])('with %s is not a line', async (_what, kind, fields) => {
    const signer = LINE_KINDS[kind].by[0] === 'authority' ? authority : issuer;
    const body = LINE_KINDS[kind].by[0]!;
    await expect(lineSigner(body, signer).sign(kind, AT, fields as never)).rejects.toMatchObject({
      code: 'log.line',
    });
    // Nor is it one where somebody signs it without our help.
    const payload = [1, body, kind, AT, new Map(Object.entries(fields))] as never;
    const forged = await signDocument('line', payload, signer, signerKid(signer.publicKey));
    await expect(openLine(forged, bodies, crypto)).rejects.toMatchObject({ code: 'log.line' });
  });

  it('of a kind that is not the body’s to write is refused', async () => {
    const forged = lineSigner('issuer', issuer).sign('release', AT, {
      case: hash('case'),
      release: hash('release'),
      count: 82,
      root: hash('boxes'),
    });
    await expect(forged).rejects.toMatchObject({ code: 'log.line' });
  });

  it('signed again is the same line', async () => {
    const sign = () => lineSigner('issuer', issuer).sign('sunset', AT, { day: '2022-02-19' });
    expect(lineId(await sign())).toEqual(lineId(await sign()));
    const later = await lineSigner('issuer', issuer).sign('sunset', AT + 1, { day: '2022-02-19' });
    expect(lineId(later)).not.toEqual(lineId(await sign()));
  });

  it('is refused with an error of ours, whatever bytes come', async () => {
    const line = await lineSigner('issuer', issuer).sign('sunset', AT, { day: '2022-02-19' });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc
            .tuple(fc.nat(line.length - 1), fc.integer({ min: 1, max: 255 }))
            .map(([at, by]) => line.map((byte, i) => (i === at ? byte ^ by : byte))),
        ),
        async (bytes) => {
          const error = await openLine(bytes, bodies, crypto).then(
            () => null,
            (e: unknown) => e,
          );
          expect(isMunjigiError(error)).toBe(true);
        },
      ),
    );
  });
});

describe('a receipt of the log', () => {
  const lines = Array.from({ length: 11 }, (_, i) => utf8Encode(`line ${i}`));
  const tree = treeOfLeaves(lines.map(leafHash));
  const receiptOf = (index: number, size: number) =>
    signLogReceipt(
      'test log',
      treeRoot(size, tree),
      { size, index, path: inclusionPath(index, size, tree) },
      logKey,
    );

  it('proves its line under the root of a size, and no other line', async () => {
    for (let index = 0; index < lines.length; index++) {
      const receipt = await receiptOf(index, 11);
      expect(await openLogReceipt(receipt, lines[index]!, logKey.publicKey, crypto)).toEqual({
        origin: 'test log',
        index,
        size: 11,
        root: treeRoot(11, tree),
      });
      for (const [other, line] of lines.entries())
        if (other !== index)
          expect(await verifyLogReceipt(receipt, line, logKey.publicKey, crypto)).toBe(false);
    }
    expect(await verifyLogReceipt(await receiptOf(3, 4), lines[3]!, register.publicKey, crypto)).toBe(false);
  });

  it('has the labels of RFC 9942: 395 the tree, 396 the proof, a detached payload', async () => {
    const [header, unprotected, payload] = decodeDeterministic(await receiptOf(2, 3), {
      maxBytes: 4096,
      maxDepth: 8,
    }) as [Uint8Array, Map<number, Map<number, Uint8Array[]>>, null];
    const fields = decodeDeterministic(header, { maxBytes: 100, maxDepth: 2 }) as Map<number, unknown>;
    expect([...fields.keys()]).toEqual([1, 4, 395, -65537]);
    expect(fields.get(395)).toBe(1);
    expect(payload).toBeNull();
    const [proof] = unprotected.get(396)!.get(-1)!;
    expect(decodeDeterministic(proof!, { maxBytes: 4096, maxDepth: 3 })).toEqual([
      3,
      2,
      inclusionPath(2, 3, tree),
    ]);
  });

  it('is worth nothing after any change of any byte', async () => {
    const receipt = await receiptOf(6, 11);
    for (let at = 0; at < receipt.length; at++) {
      const turned = receipt.map((byte, i) => (i === at ? byte ^ 1 : byte));
      expect(await verifyLogReceipt(turned, lines[6]!, logKey.publicKey, crypto), `byte ${at}`).toBe(false);
    }
  });

  it('never throws anything but an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await verifyLogReceipt(bytes, lines[0]!, logKey.publicKey, crypto)).toBe(false);
      }),
    );
  });
});

describe('a head of the log', () => {
  const cosigned = async (...signers: (typeof register)[]) => ({
    head: await signHead(head, logKey),
    cosignatures: await Promise.all(signers.map((signer) => cosignHead(head, signer))),
  });

  it('is taken with the signatures of two other bodies', async () => {
    expect(await acceptHead(await cosigned(register, issuer), trust, crypto)).toEqual(head);
    const travelled = readCosigned(encodeCosigned(await cosigned(issuer, register)));
    expect(await acceptHead(travelled, trust, crypto)).toEqual(head);
  });

  it('is not taken with one, with one twice, with the keeper’s own, or with a stranger’s', async () => {
    for (const signers of [
      [register],
      [register, register],
      [register, authority],
      [register, key('stranger')],
      [],
    ])
      await expect(acceptHead(await cosigned(...signers), trust, crypto)).rejects.toMatchObject({
        code: 'log.cosignatures',
      });
  });

  it('is not taken with signatures over another head', async () => {
    const { head: bytes, cosignatures } = await cosigned(register);
    const other = await cosignHead({ ...head, root: hash('other') }, issuer);
    await expect(
      acceptHead({ head: bytes, cosignatures: [...cosignatures, other] }, trust, crypto),
    ).rejects.toMatchObject({ code: 'log.cosignatures' });
    expect(await cosignersOf(head, [other], bodies, crypto)).toEqual([]);
  });

  it('of another log, or by another key, is not taken; a cosignature is no head', async () => {
    const both = await cosigned(register, issuer);
    await expect(acceptHead(both, { ...trust, origin: 'another' }, crypto)).rejects.toMatchObject({
      code: 'log.structure',
    });
    await expect(acceptHead(both, { ...trust, key: register.publicKey }, crypto)).rejects.toMatchObject({
      code: 'signing.unknown-key',
    });
    await expect(openHead(await cosignHead(head, logKey), logKey.publicKey, crypto)).rejects.toMatchObject({
      code: 'signing.signature',
    });
  });

  it('fits in its short form into the field of now and bundle', () => {
    const largest = { size: Number.MAX_SAFE_INTEGER, root: head.root, at: 0xffffffffff };
    expect(compactHead(largest).length).toBeLessThanOrEqual(64);
    expect(readCompactHead(compactHead(head))).toEqual({ size: 5, root: head.root, at: AT });
    expect(() => readCompactHead(encodeDeterministic([5, head.root]))).toThrow('docs/protocol');
  });

  it.each([
    ['same', { ...head, at: AT + 60 }],
    ['newer', { ...head, size: 9, root: hash('nine'), at: AT + 60 }],
    ['older', { ...head, size: 3, root: hash('three'), at: AT - 60 }],
    ['fork', { ...head, root: hash('another five') }],
    ['rollback', { ...head, size: 3, root: hash('three'), at: AT + 60 }],
    ['rollback', { ...head, size: 9, root: hash('nine'), at: AT - 60 }],
  ])('is told to be %s', (order, next) => {
    expect(compareHeads(head, next)).toBe(order);
  });
});
