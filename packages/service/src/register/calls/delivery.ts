import { ApiError } from '../../contracts/index.ts';
import type { CallProvider } from './providers.ts';

/** How far the provider's clock may be off when it signs a delivery, in seconds. */
export const DELIVERY_SECONDS = 300;
const MOST_SIGNATURES = 4;

export interface Delivery {
  readonly provider: string;
  /** The body as it came, before anything read it. */
  readonly body: Uint8Array;
  /** Headers `webhook-timestamp` (seconds) and `webhook-signature` (base64; several, separated by spaces, while keys change). */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
}

/**
 * Checks that a known provider signed this delivery just now: over the timestamp, a full stop and the body. Throws
 * `register.call-provider`, `register.call-signature` or `register.call-stale`.
 */
export function checkDelivery(
  providers: readonly CallProvider[],
  { provider: name, body, timestamp, signature }: Delivery,
  nowMs: number,
): CallProvider {
  const provider = providers.find((one) => one.name === name);
  if (!provider) throw new ApiError('register.call-provider');
  if (!timestamp || !signature || !/^[0-9]{1,12}$/.test(timestamp))
    throw new ApiError('register.call-signature');
  const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
  const said = signature.split(' ').slice(0, MOST_SIGNATURES);
  if (!said.some((one) => provider.signed(signed, one))) throw new ApiError('register.call-signature');
  // Only once it is known who signed: a stranger learns nothing of this clock.
  if (Math.abs(nowMs / 1000 - Number(timestamp)) > DELIVERY_SECONDS)
    throw new ApiError('register.call-stale');
  return provider;
}
