import type { PassFormat } from '../formats/types.ts';
import { describeCertificate } from './describe.ts';
import { type CertificateParts, PREFIX, parseCertificate } from './parse.ts';
import { verifyCertificate } from './verify.ts';

/** EU Digital COVID Certificates in the registry of formats. */
export const hcert: PassFormat<CertificateParts> = {
  name: 'hcert',
  prefix: PREFIX,
  parse: parseCertificate,
  verify: verifyCertificate,
  describe: (content, _verified, whole) => describeCertificate(content, whole),
};
