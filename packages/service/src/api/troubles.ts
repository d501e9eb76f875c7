import type { TroublesLately } from '@munjigi/core/trouble';
import type { OpenDesks } from './desks.ts';

const TIMEOUT_MS = 3_000;

/**
 * What owners say does not work, for the authority: from the register of this process, or from the one that stands elsewhere by what it
 * tells everybody. Null where there is none, or where it does not answer.
 */
export function troublesFor(
  desks: () => Pick<OpenDesks, 'register'>,
  peer: string | undefined,
): () => Promise<TroublesLately | null> {
  return async () => {
    const { register } = desks();
    if (register) return register.troubles.lately();
    if (!peer) return null;
    const answer = await fetch(`${peer.replace(/\/+$/, '')}/api/register/troubles`, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
    return answer.ok ? ((await answer.json()) as TroublesLately) : null;
  };
}
