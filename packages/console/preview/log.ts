import { toBase64url } from '@munjigi/core/encoding';
import {
  inclusionPath,
  type Line,
  leafHash,
  lineSigner,
  nodeHash,
  signLogReceipt,
  treeRoot,
} from '@munjigi/core/log';
import type { Signer } from '@munjigi/core/signing';

/** A key of this page alone. */
async function makeSigner(): Promise<Signer> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const { publicKey, privateKey } = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  return {
    publicKey: new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)),
    sign: async (data) =>
      new Uint8Array(
        await crypto.subtle.sign(
          { name: 'ECDSA', hash: 'SHA-256' },
          privateKey,
          data as Uint8Array<ArrayBuffer>,
        ),
      ),
  };
}

const ORIGIN = 'munjigi preview';

/** A small public log with real lines, real receipts and, at one place, a receipt that belongs to another line. */
export async function makeLog(lines: readonly Line[], wrong: number | null) {
  const [log, register, authority, issuer] = await Promise.all([1, 2, 3, 4].map(makeSigner));
  const keys = { register: register!, authority: authority!, issuer: issuer! };
  const signed = await Promise.all(
    lines.map(({ body, kind, at, fields }) =>
      lineSigner(body, keys[body as 'issuer']).sign(kind, at, fields),
    ),
  );
  const leaves = signed.map(leafHash);
  const read = (level: number, n: number): Uint8Array =>
    level === 0 ? leaves[n]! : nodeHash(read(level - 1, n * 2), read(level - 1, n * 2 + 1));
  const size = leaves.length;
  const root = treeRoot(size, read);
  const receiptOf = (index: number) =>
    signLogReceipt(ORIGIN, root, { size, index, path: inclusionPath(index, size, read) }, log!);
  const receipts = await Promise.all(leaves.map((_, i) => receiptOf(i === wrong ? (i + 1) % size : i)));
  return {
    size,
    lines: signed.map(toBase64url),
    receipts: receipts.map(toBase64url),
    parts: {
      bodies: new Map(Object.entries(keys).map(([body, { publicKey }]) => [body, [publicKey]])),
      log: { origin: ORIGIN, key: log!.publicKey, head: null, cosignatures: [] },
    },
  };
}
