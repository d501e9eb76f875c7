import { askDesk, type Reach, reachPage } from './call.ts';
import type { Look } from './look.ts';
import { type LoginComponent, Trouble, Way } from './seen.ts';
import type { Door } from './settings.ts';

/** What an issuer answers where it did not get its own word from the provider. */
const AWAY = 'issuer.provider-away';

/**
 * Whether people come to the page of each identity provider that the issuer behind a door names: a component for each, such as
 * `naver-login`. Nobody signs in. What keeps the issuer itself from answering is seen elsewhere and is no word about a provider.
 */
export function lookAtSignIn(door: Door, reach: Reach): Look {
  const address = `${door.url}/api/issuer`;
  return async () => {
    const providers = await askDesk<readonly { readonly name: string }[]>(
      `${address}/providers`,
      reach,
    ).catch(silent);
    const ways = await Promise.all(
      (providers ?? []).map(async ({ name }) => {
        const begun = await askDesk<{ readonly address: string }>(
          `${address}/oidc/${encodeURIComponent(name)}/begin`,
          reach,
        ).catch((error: unknown) => {
          if (error instanceof Trouble && error.code === AWAY) return AWAY;
          return silent(error);
        });
        if (begun === null) return [];
        const way = new Way(`${name}-login` satisfies LoginComponent, door.name, door.side);
        await way
          .step('sign-in', async () => {
            if (begun === AWAY) throw new Trouble(AWAY);
            await reachPage(begun.address, reach);
          })
          .catch(silent);
        return [way];
      }),
    );
    return ways.flat();
  };
}

const silent = (error: unknown): null => {
  if (error instanceof Trouble) return null;
  throw error;
};
