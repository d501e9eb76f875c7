/**
 * Where a body's console stands: `https://register.example.kr`, or on one machine `http://register.localhost:8787`.
 * `http://register.localhost:*` takes any port of this machine: what the demonstration uses, whose front picks its port.
 */
export type Origin = string;

const FORM = /^(https?):\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*)(?::(\d{1,5}|\*))?$/;

const isLocal = (host: string): boolean => host === 'localhost' || host.endsWith('.localhost');

/** Why a list of origins cannot be used, as the end of a sentence; null where it can. */
export function originsProblem(origins: readonly Origin[]): string | null {
  if (origins.length === 0) return 'names at least one origin.';
  const hosts = new Set<string>();
  for (const origin of origins) {
    const [, scheme, host, port] = FORM.exec(origin) ?? [];
    if (!host) return 'is one origin or several with commas between, such as https://register.example.kr.';
    if (scheme === 'http' && !isLocal(host)) return 'is https, except on this machine (*.localhost).';
    if (port === '*' && !isLocal(host)) return 'takes any port on this machine only (*.localhost).';
    hosts.add(host);
  }
  return hosts.size > 1 ? 'names one host: passkeys belong to it.' : null;
}

/** The passkey domain (rpId): the host of the origins. */
export const rpIdOf = (origins: readonly Origin[]): string => FORM.exec(origins[0]!)![2]!;

/** True where a browser's origin is one of the list. */
export function isOrigin(origins: readonly Origin[], origin: string): boolean {
  const found = FORM.exec(origin);
  if (!found || found[3] === '*') return false;
  return origins.some((allowed) =>
    allowed.endsWith(':*') ? `${found[1]}://${found[2]}` === allowed.slice(0, -2) : allowed === origin,
  );
}

/** Where a body's console stands on one machine: the port that is known, or any. */
export const localOrigins = (body: string, port: number): readonly Origin[] =>
  ['http', 'https'].map((scheme) => `${scheme}://${body}.localhost:${port === 0 ? '*' : port}`);
