import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { bundle, root as trustRoot } from '../../test/trust-fixtures.ts';
import { concatBytes, encodeDeterministic, fromHex, sha256, toHex, utf8Encode } from '../encoding/index.ts';
import { parseDocument } from '../signing/index.ts';
import { bundlePayload } from '../trust/bundle.ts';
import { type Bundle, openBundle } from '../trust/index.ts';
import { signBundle } from '../trust/publish.ts';
import {
  acceptHead,
  compactHead,
  consistencyPath,
  cosignHead,
  encodeCosigned,
  inclusionPath,
  type Line,
  leafHash,
  lineId,
  lineSigner,
  notifiedTag,
  openLine,
  openLogReceipt,
  openNotified,
  readCosigned,
  signHead,
  signLogReceipt,
  signNotified,
  treeOfLeaves,
  treeRoot,
  verifyConsistency,
} from './index.ts';

/**
 * vectors/mj1-log.json: what another implementation needs to agree byte by byte on lines, tree, heads, receipts and the daily
 * file. Lines are part of the tree as they were signed, so one sample of each is fixed and everything else follows from it.
 * `MUNJIGI_WRITE_VECTORS=1 npx vitest run packages/core/src/log/vectors` writes the file anew.
 */
const file = fileURLToPath(new URL('../../../../vectors/mj1-log.json', import.meta.url));

const key = (name: string) => testKey(`mj1 test ${name}`);
const NAMES = ['log', 'authority line', 'register line', 'issuer line', 'delegate'] as const;
const AT = 1_641_445_080;
const ORIGIN = 'mj1 test log';
const hash = (text: string) => sha256(utf8Encode(text));
const bodies = new Map(
  ['authority', 'register', 'issuer'].map((body) => [body, [key(`${body} line`).publicKey]]),
);

const LINES: readonly Line[] = [
  { body: 'authority', kind: 'case-opened', at: AT, fields: { case: hash('case') } },
  { body: 'register', kind: 'case-approved', at: AT + 60, fields: { case: hash('case') } },
  {
    body: 'register',
    kind: 'release',
    at: AT + 90,
    fields: { case: hash('case'), release: hash('release'), count: 82, root: hash('boxes') },
  },
  {
    body: 'authority',
    kind: 'opened',
    at: AT + 120,
    fields: { release: hash('release'), root: hash('handles'), count: 80, apart: 2 },
  },
  {
    body: 'issuer',
    kind: 'resolved',
    at: AT + 180,
    fields: { case: hash('case'), count: 2, day: '2022-01-06' },
  },
  { body: 'authority', kind: 'case-closed', at: AT + 240, fields: { case: hash('case') } },
  { body: 'register', kind: 'key-destroyed', at: AT + 300, fields: { day: '2021-12-09', key: hash('key') } },
];
const notices = [1, 2].map((n) => hash(`notice ${n}`).slice(0, 16));
const tags = [
  ...notices.map(notifiedTag),
  ...Array.from({ length: 62 }, (_, i) => hash(`padding ${i}`).slice(0, 8)),
].sort((a, b) => (toHex(a) < toHex(b) ? -1 : 1));
const daily = { day: '2022-01-06', count: 2, tags: concatBytes(...tags) };

/** Everything that follows from the signed lines. */
function follows(lines: readonly Uint8Array[]) {
  const tree = treeOfLeaves(lines.map(leafHash));
  const sizes = lines.map((_, i) => i + 1);
  const head = { origin: ORIGIN, size: lines.length, root: treeRoot(lines.length, tree), at: AT + 300 };
  const hex = (path: readonly Uint8Array[]) => path.map(toHex);
  return {
    tree,
    head,
    fixed: {
      lines: LINES.map(({ body, kind, at, fields }, i) => ({
        payload: toHex(encodeDeterministic([1, body, kind, at, new Map(Object.entries(fields)) as never])),
        id: toHex(lineId(lines[i]!)),
        leaf: toHex(leafHash(lines[i]!)),
      })),
      roots: sizes.map((size) => toHex(treeRoot(size, tree))),
      inclusion: sizes.map((size) => hex(inclusionPath(size - 1, lines.length, tree))),
      consistency: sizes.map((size) => hex(consistencyPath(size, lines.length, tree))),
      head: toHex(encodeDeterministic([1, ORIGIN, head.size, head.root, head.at])),
      compactHead: toHex(compactHead(head)),
      tags: notices.map((notice) => ({ notice: toHex(notice), tag: toHex(notifiedTag(notice)) })),
      notified: toHex(encodeDeterministic([1, daily.day, daily.count, daily.tags])),
    },
  };
}

const bundleOf = (head: Uint8Array, cosignatures: readonly Uint8Array[], short: Uint8Array): Bundle => ({
  ...bundle,
  logHead: short,
  parts: {
    bodies,
    officers: [
      {
        body: 'register',
        role: 'officer',
        credentialId: hash('credential').slice(0, 16),
        publicKey: key('register line').publicKey,
        from: AT,
        until: null,
      },
    ],
    log: { origin: ORIGIN, key: key('log').publicKey, head, cosignatures },
  },
});

async function samples() {
  const lines = await Promise.all(
    LINES.map(({ body, kind, at, fields }) => lineSigner(body, key(`${body} line`)).sign(kind, at, fields)),
  );
  const { tree, head } = follows(lines);
  const signed = await signHead(head, key('log'));
  const cosignatures = await Promise.all(
    ['register line', 'issuer line'].map((name) => cosignHead(head, key(name))),
  );
  const proof = { size: lines.length, index: 2, path: inclusionPath(2, lines.length, tree) };
  return {
    lines: lines.map(toHex),
    cosignedHead: toHex(encodeCosigned({ head: signed, cosignatures })),
    receipt: toHex(await signLogReceipt(ORIGIN, head.root, proof, key('log'))),
    notified: toHex(await signNotified(daily, key('delegate'))),
    bundle: toHex(await signBundle(bundleOf(signed, cosignatures, compactHead(head)), key('delegate'))),
  };
}

interface Vectors {
  readonly about: string;
  readonly keys: Readonly<Record<string, string>>;
  readonly fixed: ReturnType<typeof follows>['fixed'];
  readonly samples: Awaited<ReturnType<typeof samples>>;
}

const ABOUT =
  'Cases of our own for docs/protocol/log.cddl and notified.cddl, and a bundle with named parts. Every private key is SHA-256 ' +
  'of "mj1 test " and its name. All bytes are hexadecimal. ECDSA is random and lines are hashed with their signatures, so the ' +
  'signed lines are fixed samples and "fixed" follows from them; inclusion and consistency lead to the tree of all seven.';

describe('the vectors of the public log', () => {
  const read = (): Vectors => JSON.parse(readFileSync(file, 'utf8'));

  if (process.env.MUNJIGI_WRITE_VECTORS)
    it('are written', async () => {
      const made = await samples();
      const vectors: Vectors = {
        about: ABOUT,
        keys: Object.fromEntries(NAMES.map((name) => [name, toHex(key(name).publicKey)])),
        fixed: follows(made.lines.map(fromHex)).fixed,
        samples: made,
      };
      writeFileSync(file, `${JSON.stringify(vectors, null, 1)}\n`);
      expect(existsSync(file)).toBe(true);
    });

  it('are what this code computes from the signed lines, byte by byte', () => {
    const { fixed, samples: sample } = read();
    expect(fixed).toEqual(follows(sample.lines.map(fromHex)).fixed);
  });

  it('verify: lines, head with two other bodies, receipt, proofs, daily file, bundle with its parts', async () => {
    const { samples: sample, fixed } = read();
    const lines = sample.lines.map(fromHex);
    for (const [i, line] of lines.entries()) {
      expect(await openLine(line, bodies, crypto)).toEqual(LINES[i]);
      expect(toHex(encodeDeterministic(parseDocument('line', line).payload))).toBe(fixed.lines[i]!.payload);
    }
    const { head } = follows(lines);
    const cosigned = readCosigned(fromHex(sample.cosignedHead));
    const trust = { origin: ORIGIN, key: key('log').publicKey, bodies };
    expect(await acceptHead(cosigned, trust, crypto)).toEqual(head);
    const receipt = fromHex(sample.receipt);
    expect(await openLogReceipt(receipt, lines[2]!, trust.key, crypto)).toMatchObject({ index: 2, size: 7 });
    for (const [i, path] of fixed.consistency.entries()) {
      const old = { size: i + 1, root: fromHex(fixed.roots[i]!) };
      expect(verifyConsistency(old, head, path.map(fromHex))).toBe(true);
    }
    const root = { ...trustRoot };
    expect(await openNotified(fromHex(sample.notified), root, crypto)).toEqual(daily);
    const opened = await openBundle(fromHex(sample.bundle), root, crypto);
    const expected = bundleOf(cosigned.head, cosigned.cosignatures, compactHead(head));
    expect(opened.bundle).toEqual(expected);
    expect(encodeDeterministic(bundlePayload(opened.bundle))).toEqual(
      encodeDeterministic(parseDocument('bundle', fromHex(sample.bundle)).payload),
    );
  });

  it('fail where one bit is turned', async () => {
    const { samples: sample } = read();
    const turned = (hex: string) =>
      fromHex(hex).map((byte, i, all) => (i === all.length - 1 ? byte ^ 1 : byte));
    await expect(openLine(turned(sample.lines[0]!), bodies, crypto)).rejects.toMatchObject({
      code: 'signing.signature',
    });
    const line = fromHex(sample.lines[2]!);
    await expect(
      openLogReceipt(turned(sample.receipt), line, key('log').publicKey, crypto),
    ).rejects.toMatchObject({ code: 'log.receipt' });
    await expect(openNotified(turned(sample.notified), trustRoot, crypto)).rejects.toThrow();
    await expect(openBundle(turned(sample.bundle), trustRoot, crypto)).rejects.toThrow();
  });
});
