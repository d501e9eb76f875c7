import type { IncomingHttpHeaders } from 'node:http';
import { isOrigin, type Origin } from './origins.ts';

const site = (headers: IncomingHttpHeaders): string | undefined => {
  const said = headers['sec-fetch-site'];
  return Array.isArray(said) ? said.join() : said;
};
const isOwn = (said: string): boolean => said === 'same-origin' || said === 'none';

/**
 * True where a browser says that the request comes from the body's own page (Fetch Metadata; `Origin` where a browser
 * does not send it). A cookie is sent along by a browser whoever asks, so without such a word it counts for nothing.
 */
export function fromOwnPage(headers: IncomingHttpHeaders, origins: readonly Origin[]): boolean {
  const said = site(headers);
  if (said !== undefined) return isOwn(said);
  return headers.origin !== undefined && isOrigin(origins, headers.origin);
}

/** True where a browser says that another page asks. */
export function fromElsewhere(headers: IncomingHttpHeaders): boolean {
  const said = site(headers);
  return said !== undefined && !isOwn(said);
}
