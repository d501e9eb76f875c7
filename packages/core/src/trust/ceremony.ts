import { type CborValue, encodeDeterministic, equalBytes, toHex } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Crypto, Signer } from '../signing/index.ts';
import { countSigners, parseManySigned, signByAll, signerKid } from './cose-sign.ts';
import { readRootPayload, rootPayload } from './root.ts';
import type { Root } from './types.ts';

/**
 * A root that is signed share by share (after TUF, "Key management and migration"): the proposal goes from one keeper of a
 * share to the next, each signs on a machine of their own, and nobody sees another's share. Not for devices: they only
 * open what was published.
 */

/** How far a proposal has come. */
export interface CeremonyState {
  readonly root: Root;
  /** Key ids (hex) of the shares that signed validly. */
  readonly signedBy: readonly string[];
  /** Signatures that are still missing: of the new root's own keys, and of the old root's. */
  readonly missing: { readonly own: number; readonly old: number };
}

/** Signs a proposed root by one share. Throws `trust.root` where the share is none of the old or the new root. */
export function signByShare(root: Root, old: Root | null, share: Signer): Promise<Uint8Array> {
  const counts = [...root.keys, ...(old?.keys ?? [])].some((key) => equalBytes(key, share.publicKey));
  if (!counts)
    throw new MunjigiError(
      'trust.root',
      'This share belongs neither to the old root nor to the proposed one.',
    );
  return signByAll(rootPayload(root), [share]);
}

/** One document from several that carry signatures over the same root. Throws `trust.root` where they differ. */
export function joinSignatures(documents: readonly Uint8Array[]): Uint8Array {
  const signed = documents.map(parseManySigned);
  const [first] = signed;
  if (!first) throw new MunjigiError('trust.root', 'No share has signed this root yet.');
  if (signed.some(({ body }) => !equalBytes(body, first.body)))
    throw new MunjigiError('trust.root', 'The signatures are over different roots: sign the same proposal.');
  const bySigner = new Map<string, CborValue>();
  for (const { signatures } of signed)
    for (const { kid, header, signature } of signatures)
      if (!bySigner.has(toHex(kid))) bySigner.set(toHex(kid), [header, new Map(), signature]);
  return encodeDeterministic([new Uint8Array(0), new Map(), first.body, [...bySigner.values()]]);
}

/** Who has signed, and how many signatures are missing. `signed` is null before the first. */
export async function ceremonyState(
  root: Root,
  old: Root | null,
  signed: Uint8Array | null,
  crypto: Crypto,
): Promise<CeremonyState> {
  if (signed === null)
    return { root, signedBy: [], missing: { own: root.threshold, old: old?.threshold ?? 0 } };
  const parsed = parseManySigned(signed);
  const told = readRootPayload(parsed.payload);
  const own = await countSigners(parsed, root.keys, crypto);
  const before = old ? await countSigners(parsed, old.keys, crypto) : 0;
  const signedBy: string[] = [];
  for (const key of [...root.keys, ...(old?.keys ?? [])]) {
    const kid = toHex(signerKid(key));
    if (!signedBy.includes(kid) && (await countSigners(parsed, [key], crypto)) === 1) signedBy.push(kid);
  }
  return {
    root: told,
    signedBy,
    missing: {
      own: Math.max(0, root.threshold - own),
      old: Math.max(0, (old?.threshold ?? 0) - before),
    },
  };
}
