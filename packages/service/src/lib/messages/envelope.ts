import { type CborValue, equalBytes, sha256, utf8Decode, utf8Encode } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import {
  type Crypto,
  type DocumentKind,
  parseDocument,
  type Signer,
  signDocument,
  spkiFromPoint,
} from '@munjigi/core/signing';
import { signerKid } from '@munjigi/core/trust';
import Schema from 'typebox/schema';
import {
  ApiError,
  type DeskWord,
  LARGEST_ANSWER,
  LARGEST_MESSAGE,
  MESSAGES,
  type MessageAnswer,
  type MessageContent,
  type MessageWord,
} from '../../contracts/index.ts';
import { random } from '../../crypto/index.ts';

/** How far the clocks of two machines may stand apart, in seconds. What was kept longer is not heard any more. */
const CLOCKS_APART = 600;
const DESKS: readonly CborValue[] = ['issuer', 'register', 'authority'];

/** What a body says to a desk. */
export interface Said<W extends MessageWord> {
  readonly from: DeskWord;
  readonly to: DeskWord;
  readonly what: W;
  readonly content: MessageContent<W>;
  /** Seconds of the machine's clock. */
  readonly at: number;
}

/** A message that was verified: what it says has the form that its kind has. */
export type OpenMessage = { readonly [W in MessageWord]: Said<W> }[MessageWord];

/** What was answered: the answer, or the code of an error. */
export type Heard<W extends MessageWord> = { readonly ok: MessageAnswer<W> } | { readonly error: string };

/** The line keys (65-byte points) under which a body is known. */
type KeysOf = (body: DeskWord) => Promise<readonly Uint8Array[]>;

const sign = (kind: DocumentKind, payload: CborValue, signer: Signer) =>
  signDocument(kind, payload, signer, signerKid(signer.publicKey));

const json = (value: unknown): Uint8Array => utf8Encode(JSON.stringify(value));
const fromJson = (bytes: Uint8Array): unknown => JSON.parse(utf8Decode(bytes));

/** Signs a message by the line key of the body that sends it. Each is its own, also where it says the same again. */
export const signMessage = <W extends MessageWord>(said: Said<W>, signer: Signer): Promise<Uint8Array> =>
  sign('message', [1, said.from, said.to, said.what, said.at, random(16), json(said.content)], signer);

/** Signs the answer to exactly one message. */
export const signAnswer = (
  message: Uint8Array,
  { from, to }: Pick<Said<MessageWord>, 'from' | 'to'>,
  answer: Heard<MessageWord>,
  signer: Signer,
): Promise<Uint8Array> => sign('answer', [1, to, from, sha256(message), json(answer)], signer);

async function verified(
  kind: DocumentKind,
  bytes: Uint8Array,
  most: number,
  keysOf: (from: DeskWord) => Promise<readonly Uint8Array[]>,
  crypto: Crypto,
): Promise<readonly CborValue[]> {
  const { kid, payload, toBeSigned, signature } = parse(kind, bytes, most);
  if (!Array.isArray(payload) || payload[0] !== 1 || !DESKS.includes(payload[1] ?? null))
    throw new ApiError('desk.message');
  const key = (await keysOf(payload[1] as DeskWord)).find((point) => equalBytes(signerKid(point), kid));
  if (!key || !(await crypto.verify('ES256', spkiFromPoint(key), toBeSigned, signature)))
    throw new ApiError('desk.unknown-key');
  return payload;
}

function parse(kind: DocumentKind, bytes: Uint8Array, most: number) {
  try {
    return parseDocument(kind, bytes, most);
  } catch (cause) {
    throw isMunjigiError(cause) ? new ApiError('desk.message', { cause }) : cause;
  }
}

/**
 * Opens a message to a desk: signed by the body that it names, for this desk, of a kind that this body may send, of now, and
 * of the form of its kind. Throws `desk.message`, `desk.unknown-key`, `desk.not-yours`, `desk.clock`.
 * @param at seconds of the machine's clock
 */
export async function openMessage(
  bytes: Uint8Array,
  desk: DeskWord,
  at: number,
  keysOf: KeysOf,
  crypto: Crypto,
): Promise<OpenMessage> {
  const [, from, to, what, signedAt, id, content, ...more] = await verified(
    'message',
    bytes,
    LARGEST_MESSAGE,
    keysOf,
    crypto,
  );
  const known =
    typeof what === 'string' && Object.hasOwn(MESSAGES, what) ? MESSAGES[what as MessageWord] : null;
  const wellMade =
    known && to === desk && known.to === desk && typeof signedAt === 'number' && id instanceof Uint8Array;
  if (!wellMade || id.length !== 16 || !(content instanceof Uint8Array) || more.length > 0)
    throw new ApiError('desk.message');
  if (!(known.from as readonly CborValue[]).includes(from!)) throw new ApiError('desk.not-yours');
  if (Math.abs(signedAt - at) > CLOCKS_APART) throw new ApiError('desk.clock');
  let said: unknown;
  try {
    said = fromJson(content);
  } catch (cause) {
    throw new ApiError('desk.message', { cause });
  }
  if (!Schema.Check(known.content, said)) throw new ApiError('desk.message');
  return { from, to, what, content: said, at: signedAt } as OpenMessage;
}

/** Opens the answer to a message: signed by the desk that was asked, for exactly this message. Throws `desk.message`, `desk.unknown-key`. */
export async function openAnswer<W extends MessageWord>(
  bytes: Uint8Array,
  message: Uint8Array,
  said: Said<W>,
  keysOf: KeysOf,
  crypto: Crypto,
): Promise<Heard<W>> {
  const keys = async (from: DeskWord) => (from === said.to ? keysOf(from) : []);
  const payload = await verified('answer', bytes, LARGEST_ANSWER, keys, crypto);
  const [, , to, hash, content] = payload;
  if (
    payload.length !== 5 ||
    to !== said.from ||
    !(hash instanceof Uint8Array) ||
    !(content instanceof Uint8Array)
  )
    throw new ApiError('desk.message');
  if (!equalBytes(hash, sha256(message))) throw new ApiError('desk.message');
  const heard = fromJson(content) as { ok?: unknown; error?: unknown } | null;
  if (typeof heard?.error === 'string') return { error: heard.error };
  if (!Schema.Check(MESSAGES[said.what].answer, heard?.ok)) throw new ApiError('desk.message');
  return { ok: heard?.ok as MessageAnswer<W> };
}
