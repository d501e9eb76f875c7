import { chainKid, openReceipt } from '../chain/index.ts';
import { base45Decode, base45Encode, type CborValue, equalBytes } from '../encoding/index.ts';
import { isMunjigiError, MunjigiError } from '../errors.ts';
import {
  type Crypto,
  compressPoint,
  keyThumbprint,
  parseDocument,
  type Signer,
  signDocument,
  spkiFromPoint,
} from '../signing/index.ts';
import { encodeStatement, readStatement } from './fields.ts';
import type { CheckedStatement, Statement } from './types.ts';

/** What a statement's code begins with. */
export const STATEMENT_PREFIX = 'MJS:';
/** Largest statement that is read at all: a code of it still fits a printed page. */
export const MAX_STATEMENT_BYTES = 1400;
const LONGEST_TEXT = STATEMENT_PREFIX.length + Math.ceil(MAX_STATEMENT_BYTES * 1.5) + 2;

/** Signs a statement with the key that wrote the chain. Throws `statement.structure`, also where it would be too large for a code. */
export async function signStatement(
  statement: Omit<Statement, 'gateKey'>,
  signer: Signer,
): Promise<Uint8Array> {
  const payload: CborValue = encodeStatement({ ...statement, gateKey: compressPoint(signer.publicKey) });
  const signed = await signDocument('statement', payload, signer, chainKid(signer.publicKey));
  if (signed.length > MAX_STATEMENT_BYTES)
    throw new MunjigiError('statement.structure', 'A statement is small enough for one code.');
  return signed;
}

/** The code of a signed statement. */
export const statementText = (signed: Uint8Array): string => STATEMENT_PREFIX + base45Encode(signed);

/** True where a text that was scanned says of itself that it is a statement. */
export const isStatementText = (text: string): boolean => text.startsWith(STATEMENT_PREFIX);

/**
 * Reads a statement's code and verifies it with nothing but a bundle: the signature by the key that it names, and the register's
 * receipt for that key. `registerKey` answers the SPKI of a key that the bundle lists.
 * Throws `statement.structure`, `statement.signature`, `statement.receipt` (one for another gate, venue or chain) or an encoding error.
 */
export async function checkStatement(
  text: string,
  registerKey: (kid: Uint8Array) => Uint8Array | undefined,
  crypto: Crypto,
): Promise<CheckedStatement> {
  if (!isStatementText(text) || text.length > LONGEST_TEXT)
    throw new MunjigiError('statement.structure', `A statement's code begins with ${STATEMENT_PREFIX}.`);
  const signed = base45Decode(text, STATEMENT_PREFIX.length);
  const parsed = parseDocument('statement', signed, MAX_STATEMENT_BYTES);
  const statement = readStatement(parsed.payload);
  const [sign] = statement.gateKey;
  const point = crypto.decompress(statement.gateKey.subarray(1), sign === 3);
  const matches =
    point !== null &&
    equalBytes(parsed.kid, chainKid(point)) &&
    (await crypto.verify('ES256', spkiFromPoint(point), parsed.toBeSigned, parsed.signature));
  if (!matches)
    throw new MunjigiError('statement.signature', 'The statement was not signed by the key that it names.');
  return { statement, ...(await standingOf(statement, keyThumbprint(point), registerKey, crypto)) };
}

async function standingOf(
  { receipt: bytes, venueId, before }: Statement,
  gate: Uint8Array,
  registerKey: (kid: Uint8Array) => Uint8Array | undefined,
  crypto: Crypto,
): Promise<Omit<CheckedStatement, 'statement'>> {
  const unconfirmed = { gate: 'unconfirmed', receivedAtMs: null, receivedUpTo: null } as const;
  if (!bytes) return unconfirmed;
  try {
    const receipt = await openReceipt(bytes, registerKey, crypto);
    const same =
      equalBytes(receipt.gate, gate) &&
      receipt.venueId === venueId &&
      (!before || receipt.head.counter !== before.counter || equalBytes(receipt.head.hash, before.hash));
    if (!same)
      throw new MunjigiError('statement.receipt', 'The receipt in the statement is of another chain.');
    return { gate: 'known', receivedAtMs: receipt.receivedAtMs, receivedUpTo: receipt.head.counter };
  } catch (error) {
    // A key that this trust does not list may be newer than the trust: that is no sign of anything.
    if (isMunjigiError(error, 'signing.unknown-key')) return unconfirmed;
    if (isMunjigiError(error) && error.code !== 'statement.receipt')
      throw new MunjigiError('statement.receipt', 'The receipt in the statement does not verify.', {
        cause: error,
      });
    throw error;
  }
}
