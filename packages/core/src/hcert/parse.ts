import { base45Decode, inflateZlib, toBase64 } from '../encoding/index.ts';
import { type Parsed, unreadBytes } from '../formats/types.ts';
import { type Cwt, type Envelope, readCwt, readEnvelope } from './cwt.ts';
import { type EventKind, followsSchema, kindOf } from './schema.ts';

export const PREFIX = 'HC1:';
const MAX_TEXT = 8192;
const MAX_BYTES = 65_536;
// Packed bytes are read at once and kept by nobody.
const PACKED = new Uint8Array(4096);

/** A certificate taken apart; `cwt` is null where the claims inside are broken. */
export interface CertificateParts {
  readonly envelope: Envelope;
  readonly cwt: Cwt | null;
  readonly kind: EventKind | null;
}

/**
 * Takes a scanned `HC1:` text apart and judges `prefix`, `decode`, `inflate`, `structure` and `schema`.
 * Signatures are for `verifyCertificate`. Never throws.
 */
export function parseCertificate(text: string): Parsed<CertificateParts> {
  const steps = unreadBytes();
  const answer = (content: CertificateParts | null): Parsed<CertificateParts> => ({
    steps,
    keyId: content?.envelope.kid ? toBase64(content.envelope.kid) : null,
    algorithm: content?.envelope.algorithm ?? null,
    notBefore: content?.cwt?.notBefore ?? null,
    notAfter: content?.cwt?.notAfter ?? null,
    content,
  });
  steps.prefix = text.startsWith(PREFIX) ? 'ok' : 'failed';
  if (steps.prefix === 'failed') return answer(null);
  let packed: Uint8Array;
  let bytes: Uint8Array;
  let envelope: Envelope;
  let cwt: Cwt;
  try {
    steps.decode = 'failed';
    if (text.length > MAX_TEXT) return answer(null);
    packed = base45Decode(text, PREFIX.length, PACKED);
    steps.decode = 'ok';
    steps.inflate = 'failed';
    const inflated = inflateZlib(packed, MAX_BYTES);
    if (inflated.complete) steps.inflate = 'ok';
    bytes = inflated.bytes;
    steps.structure = 'failed';
    envelope = readEnvelope(bytes);
  } catch {
    return answer(null);
  }
  try {
    cwt = readCwt(envelope.payload);
  } catch {
    return answer({ envelope, cwt: null, kind: null });
  }
  if (cwt.certificate) {
    steps.structure = 'ok';
    steps.schema = followsSchema(cwt.certificate) ? 'ok' : 'failed';
  }
  if (cwt.notAfter !== null || cwt.notBefore !== null) steps.validity = 'unknown';
  return answer({ envelope, cwt, kind: cwt.certificate ? kindOf(cwt.certificate) : null });
}
