import { readFile } from 'node:fs/promises';
import { fromBase64, toBase64url, toHex } from '@munjigi/core/encoding';
import { DELEGATE_SECONDS, openRoot, type Root, signerKid } from '@munjigi/core/trust';
import { ceremonyState, joinSignatures, signByShare } from '@munjigi/core/trust/publish';
import { type ServiceConfig, SettingError } from '@munjigi/service';
import { openAuthorityBooks } from '@munjigi/service/api';
import { makeDelegates } from '@munjigi/service/authority';
import { openSecrets } from '@munjigi/service/config';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder, writeWhole } from '@munjigi/service/crypto';
import type { BundleFlags } from './main.ts';
import { describeRoot, previousRoot, readJson, readProposal, writeProposal } from './proposal.ts';

const DAY = 86_400;
const SHARE = 'root-share';
const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const tell = (sentence: string): void => void process.stderr.write(`munjigi bundle: ${sentence}\n`);

/** What one step of the ceremony gets. Resolves to the exit code. */
type Step = (flags: BundleFlags, config: ServiceConfig, files: readonly string[]) => Promise<number>;

const needed = (value: string | undefined, flag: string): string => {
  if (value === undefined) throw new SettingError(`--${flag} is needed here.`);
  return value;
};

/** A point from a public file. */
async function pointsOf(file: string): Promise<readonly Uint8Array[]> {
  const { share, delegates } = await readJson(file);
  const texts = typeof share === 'string' ? [share] : Array.isArray(delegates) ? delegates : [];
  const points = texts.map((text) => fromBase64(String(text)));
  if (points.length === 0 || points.some((point) => point.length !== 65))
    throw new SettingError('The file names public keys, as munjigi bundle ceremony keys writes it.');
  return points;
}

/** Makes one share on the machine of its keeper, or two delegates in the key store of the service. */
const keys: Step = async (flags, config) => {
  const out = needed(flags.out, 'out');
  if (flags.share !== undefined) {
    const store = await openKeyFolder(flags.share);
    const { publicKey } = nodeSigner(await store.secret(SHARE, makePrivateKey));
    await writeWhole(out, `${JSON.stringify({ munjigi: 'root-share', share: toBase64url(publicKey) })}\n`);
    say({ share: toHex(signerKid(publicKey)), file: out });
    tell(
      'the share stands in its folder and leaves it never; the file with its public half is to be carried.',
    );
    return 0;
  }
  if (flags.delegates !== undefined)
    throw new SettingError('--delegates names the file when a root is proposed.');
  const secrets = await openSecrets(config.data);
  const made = await makeDelegates(await secrets.keysOf('authority'));
  const delegates = made.map(({ publicKey }) => toBase64url(publicKey));
  await writeWhole(out, `${JSON.stringify({ munjigi: 'delegates', delegates })}\n`);
  say({ delegates: made.map(({ publicKey }) => toHex(signerKid(publicKey))), file: out });
  tell(
    'two delegates stand in the key store of the service; a root has to name them before they sign anything.',
  );
  return 0;
};

/** Writes a proposal: the next root, from the one in force and from public files alone. */
const propose: Step = async (flags) => {
  const out = needed(flags.out, 'out');
  const previous = flags.previous === undefined ? null : new Uint8Array(await readFile(flags.previous));
  const old = previous && (await openRoot(previous, nodeCrypto()));
  const shares =
    flags.shares === undefined
      ? (old?.keys ?? null)
      : (await Promise.all(flags.shares.split(',').map(pointsOf))).flat();
  if (!shares) throw new SettingError('--shares names the public files of the shares, with commas between.');
  const delegates = await pointsOf(needed(flags.delegates, 'delegates'));
  const threshold = Number(flags.threshold ?? old?.threshold ?? 2);
  if (!(threshold >= 2 && threshold <= shares.length))
    throw new SettingError('--threshold is from 2 to the number of shares: one alone must never be enough.');
  if (delegates.length !== 2)
    throw new SettingError('A root names two delegates: when one is lost the other signs.');
  const days = Number(flags.days ?? 90);
  if (!Number.isInteger(days) || days < 1 || days * DAY > DELEGATE_SECONDS)
    throw new SettingError('--days is from 1 to 90: delegates serve no longer.');
  const at = atOf(flags);
  const root: Root = {
    version: (old?.version ?? 0) + 1,
    threshold,
    keys: shares,
    // From a day ago, since clocks differ.
    delegates: delegates.map((publicKey) => ({ publicKey, from: at - DAY, until: at + (days - 1) * DAY })),
    issuedAt: at,
  };
  await writeProposal(out, { root, previous, signed: null });
  // Read again: what cannot be read is not carried around.
  await readProposal(out);
  say({ proposal: out, ...describeRoot(root) });
  tell(
    `every keeper compares the digest, then signs with munjigi bundle ceremony sign; ${threshold} have to.`,
  );
  return 0;
};

/** Adds the signature of one share, on the machine of its keeper. */
const sign: Step = async (flags, _, [file]) => {
  const proposal = await readProposal(file!);
  const old = await previousRoot(proposal);
  const store = await openKeyFolder(needed(flags.share, 'share'));
  const secret = await store.find(flags.key ?? SHARE);
  if (!secret) throw new SettingError('There is no share of that name in this folder.');
  const own = await signByShare(proposal.root, old, nodeSigner(secret));
  const signed = joinSignatures(proposal.signed ? [proposal.signed, own] : [own]);
  await writeProposal(file!, { ...proposal, signed });
  const state = await ceremonyState(proposal.root, old, signed, nodeCrypto());
  say({ ...describeRoot(proposal.root), signedBy: state.signedBy, missing: state.missing });
  const { own: fromNew, old: fromOld } = state.missing;
  tell(
    fromNew + fromOld === 0
      ? 'both thresholds are reached: it can be published.'
      : `still missing: ${fromNew} of the new shares, ${fromOld} of the old ones.`,
  );
  return 0;
};

/** Publishes a root that both thresholds have signed, at this service's books or at one that runs. */
const publish: Step = async (flags, config, [file]) => {
  const proposal = await readProposal(file!);
  const old = await previousRoot(proposal);
  const { missing } = await ceremonyState(proposal.root, old, proposal.signed, nodeCrypto());
  if (missing.own + missing.old > 0 || !proposal.signed) {
    tell(
      `is not published: ${missing.own} signatures of the new shares and ${missing.old} of the old ones are missing.`,
    );
    return 1;
  }
  const refused =
    flags.address === undefined
      ? await publishHere(proposal.signed, flags, config)
      : await publishThere(proposal.signed, flags.address, config);
  if (refused !== null) {
    tell(refused);
    return 1;
  }
  say({ published: proposal.root.version, digest: describeRoot(proposal.root).digest });
  return 0;
};

async function publishHere(
  bytes: Uint8Array,
  flags: BundleFlags,
  config: ServiceConfig,
): Promise<string | null> {
  const books = await openAuthorityBooks(config);
  try {
    await books.root.take(bytes, atOf(flags));
    return null;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (/^(trust|authority)\./.test(code ?? '')) return message;
    throw error;
  } finally {
    await books.close();
  }
}

async function publishThere(
  bytes: Uint8Array,
  address: string,
  config: ServiceConfig,
): Promise<string | null> {
  const { operatorToken } = await openSecrets(config.data);
  const answer = await fetch(new URL('/api/authority/root', address), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${operatorToken}` },
    body: JSON.stringify({ root: toBase64url(bytes) }),
    signal: AbortSignal.timeout(10_000),
  }).catch(() => null);
  if (!answer) return 'No service answers at that address.';
  return answer.ok ? null : ((await answer.json()) as { message: string }).message;
}

/** Seconds now, or the instant that is said: exercises play another day. */
export function atOf({ at }: BundleFlags): number {
  const ms = at === undefined ? Date.now() : Date.parse(at);
  if (Number.isNaN(ms)) throw new SettingError('--at is an instant such as 2022-01-06T13:58:00+09:00.');
  return Math.floor(ms / 1000);
}

export const CEREMONY: Readonly<Record<string, { readonly step: Step; readonly files: number }>> = {
  keys: { step: keys, files: 0 },
  propose: { step: propose, files: 0 },
  sign: { step: sign, files: 1 },
  publish: { step: publish, files: 1 },
};
