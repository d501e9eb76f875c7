/** A command line or a file given with it that cannot be used: a sentence, and exit 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `munjigi check [--trust FILE]… [--revoked FILE]… [--at ISO] [--policy FILE --venue-kind K --region R]
              [--issuer URL] [--payload] [--json | --ndjson] [FILE…]

Reads passes (EU certificates and entry passes) and says the truth about them. FILE is a PNG or JPEG picture of a code, or a
text with what was scanned; "-" or nothing is the standard input. Nothing is fetched, ever.

  --trust FILE     whose signatures count: a trust bundle, certificates (PEM, DER), {kid: [{subjectPk}]}, JWK or JWKS
  --revoked FILE   list of withdrawn passes
  --at ISO         the clock; without a zone UTC. Default: now
  --policy FILE    a policy pack (folder or file): answers for a venue of that kind in that region
  --json           one JSON array, one result a file
  --ndjson         one JSON request a line in, one result a line out
  --payload        adds what was read and its decoded payload

Exit: 0 all admitted · 1 any refused or not told · 2 usage. With --ndjson: 0 when every line was answered.
`;
