import { readFile } from 'node:fs/promises';
import {
  decodeDeterministic,
  encodeDeterministic,
  fromBase64,
  sha256,
  toBase64url,
  toHex,
} from '@munjigi/core/encoding';
import { openRoot, type Root, signerKid } from '@munjigi/core/trust';
import { joinSignatures, readRootPayload, rootPayload } from '@munjigi/core/trust/publish';
import { SettingError } from '@munjigi/service';
import { nodeCrypto, writeWhole } from '@munjigi/service/crypto';

/** A proposed root on its way between the keepers of the shares: a file that holds nothing secret. */
export interface Proposal {
  readonly root: Root;
  /** The root in force, as it was published; null for the first. */
  readonly previous: Uint8Array | null;
  /** The proposal with the signatures so far; null before the first. */
  readonly signed: Uint8Array | null;
}

const LIMITS = { maxBytes: 64 * 1024, maxDepth: 8 };

/** Writes a proposal. */
export async function writeProposal(file: string, { root, previous, signed }: Proposal): Promise<void> {
  const document = {
    munjigi: 'root-proposal',
    format: 1,
    root: toBase64url(encodeDeterministic(rootPayload(root))),
    previous: previous && toBase64url(previous),
    signed: signed && toBase64url(signed),
  };
  await writeWhole(file, `${JSON.stringify(document, null, 2)}\n`);
}

/** Reads a proposal and checks that it is whole: well made, and its signatures over what it says. Throws `SettingError` or `trust.*`. */
export async function readProposal(file: string): Promise<Proposal> {
  const { munjigi, format, root, previous, signed } = await readJson(file);
  if (munjigi !== 'root-proposal' || format !== 1 || typeof root !== 'string')
    throw new SettingError('The file is a proposal, as munjigi bundle ceremony propose writes it.');
  const body = fromBase64(root);
  const proposal: Proposal = {
    root: readRootPayload(decodeDeterministic(body, LIMITS)),
    previous: typeof previous === 'string' ? fromBase64(previous) : null,
    signed: typeof signed === 'string' ? fromBase64(signed) : null,
  };
  // Joining with itself proves that what was signed is what is proposed.
  if (proposal.signed) {
    const joined = joinSignatures([proposal.signed]);
    const told = decodeDeterministic(joined, LIMITS) as readonly unknown[];
    if (toHex(told[2] as Uint8Array) !== toHex(body))
      throw new SettingError('The signatures in this file are over another root than the one it proposes.');
  }
  return proposal;
}

/** The root in force that a proposal follows; null for the first. */
export const previousRoot = async ({ previous }: Proposal): Promise<Root | null> =>
  previous && (await openRoot(previous, nodeCrypto()));

/** A JSON file. Throws `SettingError`. */
export async function readJson(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch {
    throw new SettingError('The file is there, may be read, and is JSON.');
  }
}

const instant = (seconds: number): string => new Date(seconds * 1000).toISOString();

/** What a keeper reads before signing: everything that a root says, keys by their ids. */
export const describeRoot = (root: Root) => ({
  version: root.version,
  threshold: root.threshold,
  shares: root.keys.map((key) => toHex(signerKid(key))),
  delegates: root.delegates.map(({ publicKey, from, until }) => ({
    kid: toHex(signerKid(publicKey)),
    from: instant(from),
    until: instant(until),
  })),
  issuedAt: instant(root.issuedAt),
  digest: toHex(sha256(encodeDeterministic(rootPayload(root)))),
});
