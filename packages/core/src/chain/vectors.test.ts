import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { encodeDeterministic, fromHex, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import type { Subject } from '../gate/types.ts';
import { sealAad, sealSubject } from '../sealed/index.ts';
import { openSubject } from '../sealed/open.ts';
import { subjectToPlaintext } from '../sealed/plaintext.ts';
import { compressPoint, keyThumbprint, parseDocument, spkiFromPoint } from '../signing/index.ts';
import { bundlePayload } from '../trust/bundle.ts';
import { clockPayload } from '../trust/clock.ts';
import {
  type Bundle,
  type Now,
  openBundle,
  openClock,
  openNow,
  openRoot,
  type Root,
  rootDigest,
  signerKid,
} from '../trust/index.ts';
import { nowPayload } from '../trust/now.ts';
import { signBundle, signClock, signNow, signRoot } from '../trust/publish.ts';
import { rootPayload } from '../trust/root.ts';
import {
  type BatchJson,
  batchFromJson,
  batchToJson,
  chainKid,
  type Entry,
  entryHash,
  entryPreimage,
  genesis,
  leadsToHead,
  NO_RECEIPT,
  openReceipt,
  receiptHash,
  signBatch,
  signReceipt,
  verifyBatchSignature,
  voidEntry,
} from './index.ts';

/**
 * vectors/mj1-documents.json: what another implementation needs to agree byte by byte. Everything up to the to-be-signed
 * bytes is computed here again and must be equal; signatures differ from run to run, so one sample of each is verified.
 * `MUNJIGI_WRITE_VECTORS=1 npx vitest run packages/core/src/chain/vectors` writes the file anew.
 */
const file = fileURLToPath(new URL('../../../../vectors/mj1-documents.json', import.meta.url));

const key = (name: string) => testKey(`mj1 test ${name}`);
const gateKey = key('gate');
const gate = keyThumbprint(gateKey.publicKey);
const register = key('register');
const dayKey = key('day key');
const AT = 1_641_445_080;
const VENUE = 7;
const DAY = '2022-01-06';

const subjects: readonly Subject[] = [
  {
    kind: 'pass',
    kid: Uint8Array.of(1),
    holderKey: compressPoint(key('holder').publicKey),
    drawnAt: AT - 5,
    lane: 0,
    signature: new Uint8Array(64).fill(0xab),
  },
  { kind: 'foreign', format: 'hcert', identifier: 'URN:UVCI:01:NL:187/37512422923' },
  { kind: 'foreign', format: 'shc', identifier: 'x'.repeat(81) },
  { kind: 'phone', number: '01012345678' },
  { kind: 'safety-code', code: '가12나34' },
  { kind: 'paper-pass', kid: Uint8Array.of(1), handle: new Uint8Array(16).fill(0xcd) },
  { kind: 'sheet-line', line: '12-7' },
];

async function boxes() {
  return Promise.all(
    subjects.map(async (subject, i) => {
      const place = {
        venueId: VENUE,
        day: DAY,
        gate,
        counter: i + 1,
        check: 'scan',
        record: 'scan',
        kind: 'entry',
      } as const;
      const ekm = sha256(utf8Encode(`mj1 test ekm ${i + 1}`));
      const box = await sealSubject({ subject, place, dayKey: dayKey.publicKey, ekm });
      return { subject, place, ekm, box };
    }),
  );
}

const root: Root = {
  version: 1,
  threshold: 2,
  keys: ['root 1', 'root 2', 'root 3'].map((n) => key(n).publicKey),
  delegates: [{ publicKey: key('delegate').publicKey, from: AT - 86_400, until: AT + 60 * 86_400 }],
  issuedAt: AT - 86_400,
};
const bundle: Bundle = {
  version: 1,
  rootVersion: 1,
  sequence: 5,
  issuedAt: AT - 3_600,
  expiresAt: AT + 14 * 86_400,
  issuers: [
    {
      kid: Uint8Array.of(1),
      issuer: 'test issuer',
      publicKey: key('issuer').publicKey,
      usage: 'pass',
      from: AT - 86_400,
      until: AT + 90 * 86_400,
      withdrawn: false,
      canary: 'MJ1:CANARY',
    },
  ],
  foreign: [
    {
      format: 'hcert',
      keyId: 'AAAAAAAAAAA=',
      algorithm: 'ES256',
      spki: spkiFromPoint(key('foreign').publicKey),
      country: 'NL',
      usage: ['v'],
      from: null,
      until: AT + 86_400,
    },
  ],
  withdrawn: { hcert: [new Uint8Array(16).fill(7)] },
  dayKeys: [
    { keyId: 1, day: DAY, spare: false, publicKey: dayKey.publicKey },
    { keyId: 2, day: '2022-01-03', spare: true, publicKey: dayKey.publicKey },
  ],
  registerKeys: [{ kid: signerKid(register.publicKey), publicKey: register.publicKey }],
  endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
  pack: { id: 'test', timeZone: 'Asia/Seoul', exercise: true },
  logHead: null,
};
const now: Now = {
  version: 1,
  sequence: 9,
  issuedAt: AT,
  validFrom: AT,
  validUntil: AT + 86_400,
  notice: 'register-down',
  parameters: { count: 3, since: '14:00' },
  status: 'provisional',
  obligation: 'record-on-paper',
  bundle: { rootVersion: 1, sequence: 5, digest: sha256(utf8Encode('bundle')) },
  logHead: null,
};
const clock = { version: 1 as const, sequence: 2, storyMs: AT * 1000, realMs: 1_800_000_000_000, rate: 1.5 };
const previousReceipt = { counter: 0, hash: genesis(gate, VENUE) };

/** Everything that does not depend on a signature. */
async function fixedPart() {
  const sealed = await boxes();
  const anchor = sha256(utf8Encode('anchor'));
  const entries: Entry[] = sealed.map(({ box }, i) => ({
    venueId: VENUE,
    counter: i + 1,
    enteredAt: AT + i,
    check: 'scan',
    record: 'scan',
    kind: 'entry',
    dayKeyId: 1,
    subject: box,
    anchor,
    clockUnknown: i === 3,
  }));
  entries.push(
    voidEntry({ venueId: VENUE, counter: 8, enteredAt: AT + 60, cancels: 7, anchor, clockUnknown: false }),
  );
  let before = genesis(gate, VENUE);
  const chain = entries.map((entry) => {
    const preimage = entryPreimage(entry, gate, before, sha256(entry.subject));
    before = entryHash(entry, gate, before);
    return { counter: entry.counter, preimage: toHex(preimage), hash: toHex(before) };
  });
  const receipt = {
    venueId: VENUE,
    gate,
    head: { counter: 8, hash: before },
    receivedAtMs: AT * 1000 + 123,
    previousReceipt: NO_RECEIPT,
    safeCounter: 0,
  };
  return {
    entries,
    receipt,
    fixed: {
      sealed: sealed.map(({ subject, place, ekm, box }) => ({
        counter: place.counter,
        kind: subject.kind,
        plaintext: toHex(subjectToPlaintext(subject)),
        aad: toHex(sealAad(place)),
        ekm: toHex(ekm),
        box: toHex(box),
      })),
      genesis: toHex(genesis(gate, VENUE)),
      chain,
      payloads: {
        root: toHex(encodeDeterministic(rootPayload(root))),
        bundle: toHex(encodeDeterministic(bundlePayload(bundle))),
        now: toHex(encodeDeterministic(nowPayload(now))),
        clock: toHex(encodeDeterministic(clockPayload(clock))),
      },
    },
  };
}

async function samples(entries: readonly Entry[], receipt: Awaited<ReturnType<typeof fixedPart>>['receipt']) {
  const delegate = key('delegate');
  const fields = {
    venueId: VENUE,
    previous: previousReceipt,
    entries,
    bundle: { sequence: 5, digest: now.bundle.digest },
    pending: 3,
  };
  return {
    batch: batchToJson(await signBatch(fields, gateKey)),
    receipt: toHex(await signReceipt(receipt, register, chainKid(register.publicKey))),
    root: toHex(await signRoot(root, [key('root 1'), key('root 3')])),
    bundle: toHex(await signBundle(bundle, delegate)),
    now: toHex(await signNow(now, delegate)),
    clock: toHex(await signClock(clock, delegate)),
  };
}

interface Vectors {
  readonly about: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly fixed: Awaited<ReturnType<typeof fixedPart>>['fixed'];
  readonly samples: Omit<Awaited<ReturnType<typeof samples>>, 'batch'> & { readonly batch: BatchJson };
}

const ABOUT =
  'Cases of our own for docs/protocol: sealed subjects, a chain of entries, a batch, a receipt, root, bundle, now and clock. ' +
  'Every private key is SHA-256 of "mj1 test " and its name. All bytes are hexadecimal; the batch is its JSON envelope. ' +
  'Signatures are one sample each, made with random nonces.';

describe('the vectors of chain, seal and trust', () => {
  const read = (): Vectors => JSON.parse(readFileSync(file, 'utf8'));

  if (process.env.MUNJIGI_WRITE_VECTORS)
    it('are written', async () => {
      const { entries, receipt, fixed } = await fixedPart();
      const names = [
        'gate',
        'register',
        'day key',
        'holder',
        'issuer',
        'delegate',
        'root 1',
        'root 2',
        'root 3',
      ];
      const keys = Object.fromEntries(names.map((name) => [name, toHex(key(name).publicKey)]));
      const vectors: Vectors = { about: ABOUT, keys, fixed, samples: await samples(entries, receipt) };
      writeFileSync(file, `${JSON.stringify(vectors, null, 1)}\n`);
      expect(existsSync(file)).toBe(true);
    });

  it('are what this code computes, byte by byte, up to the signatures', async () => {
    expect(read().fixed).toEqual((await fixedPart()).fixed);
  });

  it('open: every sealed subject at its place, none at the next', async () => {
    for (const { subject, place, box } of await boxes()) {
      const opened = await openSubject({ box, place, privateKey: dayKey.privateKey });
      expect(opened.kind).toBe(subject.kind);
      await expect(
        openSubject({ box, place: { ...place, counter: place.counter + 1 }, privateKey: dayKey.privateKey }),
      ).rejects.toMatchObject({ code: 'sealed.open' });
    }
  });

  it('verify: the sample of every signed document, and its payload is the fixed one', async () => {
    const { samples: sample, fixed } = read();
    const batch = batchFromJson(sample.batch);
    expect(await verifyBatchSignature(batch, crypto)).toBe(true);
    expect(leadsToHead(batch)).toBe(true);
    const keyOf = () => spkiFromPoint(register.publicKey);
    const receipt = fromHex(sample.receipt);
    expect((await openReceipt(receipt, keyOf, crypto)).head.counter).toBe(8);
    expect(toHex(receiptHash(receipt))).toMatch(/^[0-9a-f]{64}$/);
    const trusted = await openRoot(fromHex(sample.root), crypto, {
      digest: rootDigest(fromHex(sample.root)),
    });
    expect(trusted).toEqual(root);
    expect((await openBundle(fromHex(sample.bundle), trusted, crypto)).bundle).toEqual(bundle);
    expect(await openNow(fromHex(sample.now), trusted, crypto)).toEqual(now);
    expect(await openClock(fromHex(sample.clock), trusted, crypto)).toEqual(clock);
    const payload = (kind: 'bundle' | 'now' | 'clock') =>
      toHex(encodeDeterministic(parseDocument(kind, fromHex(sample[kind])).payload));
    for (const kind of ['bundle', 'now', 'clock'] as const) expect(payload(kind)).toBe(fixed.payloads[kind]);
  });

  it('fail where one bit of a signed document is turned', async () => {
    const { samples: sample } = read();
    const turned = (hex: string) =>
      fromHex(hex).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte));
    await expect(
      openReceipt(turned(sample.receipt), () => spkiFromPoint(register.publicKey), crypto),
    ).rejects.toThrow();
    await expect(openRoot(turned(sample.root), crypto)).rejects.toThrow();
    await expect(openBundle(turned(sample.bundle), root, crypto)).rejects.toThrow();
    await expect(openNow(turned(sample.now), root, crypto)).rejects.toThrow();
    await expect(openClock(turned(sample.clock), root, crypto)).rejects.toThrow();
  });
});
