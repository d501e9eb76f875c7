import { callDesk, openPage, type Reach } from './call.ts';
import { Trouble, Way } from './seen.ts';
import type { Door } from './settings.ts';

interface Listed {
  readonly name: string;
}

/** More providers than these are not looked at: an observation has no room for them. */
export const MOST_PROVIDERS = 8;

/**
 * Every identity provider that the issuer names, as somebody comes to it who wants a first pass: the issuer says where its page is,
 * and the page answers. Asked through the first door that answers; where none does, that is told of the issuer and of no provider.
 */
export async function lookAtSignIn(doors: readonly Door[], reach: Reach): Promise<readonly Way[]> {
  for (const { url } of doors) {
    const issuer = `${url}/api/issuer`;
    const providers = await callDesk<readonly Listed[]>(`${issuer}/providers`, null, reach).catch(
      nullIfTrouble,
    );
    if (!providers) continue;
    return Promise.all(
      providers.slice(0, MOST_PROVIDERS).map(async ({ name }) => {
        const way = new Way('sign-in', name);
        await way
          .step('sign-in', async () => {
            const begun = `${issuer}/oidc/${name}/begin`;
            const { address } = await callDesk<{ readonly address: string }>(begun, null, reach);
            await openPage(address, reach);
          })
          .catch(nullIfTrouble);
        return way;
      }),
    );
  }
  return [];
}

const nullIfTrouble = (error: unknown): null => {
  if (error instanceof Trouble) return null;
  throw error;
};
