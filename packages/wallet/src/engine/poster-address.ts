import { posterIn } from '@munjigi/core/poster';

/** The address that a poster's code opened, or null. Cleans it: a page that is loaded anew asks nobody to come in again. */
export function posterOfAddress(): string | null {
  const address = location.href;
  if (!posterIn(address)) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return address;
}
