export { type Envelope, readEnvelope } from './cwt.ts';
export { describeCertificate } from './describe.ts';
export { usageOf } from './key-usage.ts';
export { type CertificateParts, PREFIX, parseCertificate } from './parse.ts';
export type { EventKind } from './schema.ts';
export { followsSchema } from './schema.ts';
export { revocationIdentifiers, signedBytes, verifyCertificate } from './verify.ts';
