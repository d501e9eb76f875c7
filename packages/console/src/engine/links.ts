import { BODIES } from './body.ts';

/** The host without the label of a body: `register.localhost:8787` gives `localhost:8787`. */
export const plainHost = (host: string): string =>
  BODIES.reduce((rest, body) => (rest.startsWith(`${body}.`) ? rest.slice(body.length + 1) : rest), host);

/** The link that enrols a tablet. The gate's app stands at the address of no body. */
export function gateLink(
  { protocol, host }: Pick<Location, 'protocol' | 'host'>,
  gate: { readonly venueId: number; readonly enrolmentCode: string; readonly name: string },
): string {
  const asked = new URLSearchParams({ venue: String(gate.venueId), enrol: gate.enrolmentCode });
  if (gate.name !== '') asked.set('name', gate.name);
  return `${protocol}//${plainHost(host)}/gate/#${asked}`;
}

/** The link by which an invited person makes their passkey, at the console of their body. */
export const inviteLink = ({ protocol, host }: Pick<Location, 'protocol' | 'host'>, code: string): string =>
  `${protocol}//${host}/console/#invite=${encodeURIComponent(code)}`;

/** The invite in the address, or null: `#invite=CODE`. */
export function inviteIn(hash: string): string | null {
  const code = new URLSearchParams(hash.replace(/^#\/?/, '')).get('invite');
  return code === null || code.length > 128 ? null : code;
}

/** The place in the address, `venue/7/tablet`; empty for the first one. */
export const placeIn = (hash: string): string => (hash.startsWith('#/') ? hash.slice(2) : '');
