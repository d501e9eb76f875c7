import { toHex } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Inspected } from '../gate/types.ts';
import type { Crypto } from '../signing/index.ts';
import type { Bundle, Trust } from './types.ts';

/** `inspect` of core/gate, handed in so that trust does not depend on the gate. */
export type Inspect = (scan: string, trust: Trust, crypto: Crypto) => Promise<Inspected>;

/**
 * Reads the canary pass of every issuer key that is in use, as the gate would: a bundle that cannot verify its own canaries
 * never replaces one that can. Throws `trust.self-test`.
 */
export async function selfTest(
  bundle: Bundle,
  trust: Trust,
  crypto: Crypto,
  inspect: Inspect,
): Promise<void> {
  const live = bundle.issuers.filter((issuer) => !issuer.withdrawn);
  for (const issuer of live) {
    const found = await inspect(issuer.canary, trust, crypto);
    if (found.keyId !== toHex(issuer.kid) || found.steps.issuer !== 'ok' || found.steps.signature !== 'ok') {
      throw new MunjigiError(
        'trust.self-test',
        'The bundle does not verify the canary of one of its issuer keys: keep the one in use.',
      );
    }
  }
  if (live.length === 0)
    throw new MunjigiError('trust.self-test', 'The bundle has no issuer key in use: keep the one in use.');
}
