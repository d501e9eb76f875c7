import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromBase64, toBase64url, toHex } from '@munjigi/core/encoding';
import { keyThumbprint, type Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeSigner, writeWhole } from '@munjigi/service/crypto';
import { Chain } from './chain.ts';

/** A gate's key with the chain that it signs. Each key has a chain of its own: an old one is never gone on with. */
export interface GateKey {
  readonly signer: Signer;
  /** Of the key: what names the chain. */
  readonly thumbprint: Uint8Array;
  readonly chain: Chain;
  /** True once the register knows the key. */
  readonly enrolled: boolean;
  /** When the key was made, milliseconds. */
  readonly madeMs: number;
  noteEnrolled(enrolled: boolean): Promise<GateKey>;
}

const fileOf = (folder: string): string => join(folder, 'gate.json');

/** The key that a folder keeps; a new one where there is none, or where `anew` asks for it. */
export async function openGateKey(folder: string, venueId: number, anew = false): Promise<GateKey> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = anew ? null : await readFile(fileOf(folder), 'utf8').catch(ifMissing);
  const kept =
    text === null ? null : (JSON.parse(text) as { key: string; enrolled: boolean; madeMs: number });
  const key = kept ? fromBase64(kept.key) : makePrivateKey();
  const signer = nodeSigner(key);
  const thumbprint = keyThumbprint(signer.publicKey);
  const own = join(folder, `chain-${toHex(thumbprint.subarray(0, 8))}`);
  await mkdir(own, { recursive: true, mode: 0o700 });
  const chain = await Chain.open(own, thumbprint, venueId);
  const madeMs = kept?.madeMs ?? Date.now();
  const write = async (enrolled: boolean): Promise<GateKey> => {
    await writeWhole(fileOf(folder), JSON.stringify({ key: toBase64url(key), enrolled, madeMs }), 0o600);
    return { signer, thumbprint, chain, enrolled, madeMs, noteEnrolled: write };
  };
  return kept
    ? { signer, thumbprint, chain, enrolled: kept.enrolled, madeMs, noteEnrolled: write }
    : write(false);
}

const ifMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};
