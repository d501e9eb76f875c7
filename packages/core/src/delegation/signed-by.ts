import { chainKid } from '../chain/index.ts';
import { equalBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { type Crypto, type DocumentKind, parseDocument, spkiFromPoint } from '../signing/index.ts';

export const MAX_DELEGATION_BYTES = 1024;

/**
 * Verifies that a document was signed by this one device's key (65-byte point), whose name stands in it.
 * Throws `signing.structure`, `signing.unknown-key` (another key's name) or `signing.signature`.
 */
export async function verifySignedBy(
  kind: DocumentKind,
  bytes: Uint8Array,
  signer: Uint8Array,
  crypto: Crypto,
): Promise<void> {
  const { kid, toBeSigned, signature } = parseDocument(kind, bytes, MAX_DELEGATION_BYTES);
  if (!equalBytes(kid, chainKid(signer)))
    throw new MunjigiError('signing.unknown-key', `The ${kind} names another key than this device has.`);
  if (!(await crypto.verify('ES256', spkiFromPoint(signer), toBeSigned, signature)))
    throw new MunjigiError('signing.signature', `The signature of the ${kind} does not match.`);
}
