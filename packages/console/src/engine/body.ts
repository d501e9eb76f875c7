/** The bodies that serve a console: each its own desk, its own accounts and its own passkey domain. */
export const BODIES = ['register', 'authority', 'issuer'] as const;
export type Body = (typeof BODIES)[number];

/**
 * The body that a page belongs to, by the first label of its host (`register.localhost`, `register.example.org`), or null
 * on an address of no body. A page never speaks for another body than the one it was served by.
 */
export const bodyOfHost = (hostname: string): Body | null =>
  BODIES.find((body) => hostname.toLowerCase().startsWith(`${body}.`)) ?? null;

/** The console of a body beside an address of no body: `localhost:8787` leads to `register.localhost:8787`. */
export const consoleAddress = (body: Body, { protocol, host }: Pick<Location, 'protocol' | 'host'>): string =>
  `${protocol}//${body}.${host}/console/`;
