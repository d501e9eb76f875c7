import type { IssuerClient } from '@munjigi/offline';

/** A sign-in on its way, kept in this tab alone while the provider's page is open. */
const KEPT = 'munjigi-sign-in';

/** Somebody whom a provider vouched for, before they agreed to enrol. */
export interface SignedIn {
  readonly provider: string;
  readonly signIn: string;
  readonly name: string;
}

/** What this page was opened with, where a provider's page sent it back: its query, or null. Cleans the address. */
export function answerOfProvider(): string | null {
  const query = new URLSearchParams(location.search);
  if (!query.has('state') || !(query.has('code') || query.has('error'))) return null;
  const answer = location.search;
  // A code in the address would be sent again with every reload.
  history.replaceState(null, '', location.pathname);
  return answer;
}

/** Goes to the provider's page. */
export async function goSignIn(issuer: IssuerClient, provider: string): Promise<void> {
  const { address, keep } = await issuer.beginSignIn(provider);
  sessionStorage.setItem(KEPT, JSON.stringify({ provider, keep }));
  location.assign(address);
}

/** Takes in what the provider's page came back with; null where this tab began no sign-in. Throws `ServerError`. */
export async function finishSignIn(issuer: IssuerClient, answer: string): Promise<SignedIn | null> {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept === null) return null;
  const { provider, keep } = JSON.parse(kept) as { provider: string; keep: string };
  const { signIn, person } = await issuer.finishSignIn(provider, keep, answer);
  return { provider, signIn, name: person.name };
}
