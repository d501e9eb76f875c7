import { ChannelChains, ChannelKeys, type ChannelParts } from '../channels/index.ts';
import type { RegisterOptions } from '../types.ts';
import { CallDesk, type CallDeskParts } from './index.ts';

type Parts = Omit<ChannelParts, 'keys' | 'bundle'> & Pick<CallDeskParts, 'db' | 'days' | 'alarm' | 'nowMs'>;

/** Opens calls, on chains that this body writes itself under keys that it holds; null where it knows no rules. */
export async function openCalls(
  { channels: ofBody, keyStore, took }: Pick<RegisterOptions, 'channels' | 'keyStore' | 'took'>,
  parts: Parts,
): Promise<CallDesk | null> {
  if (!ofBody) return null;
  const { policy, bundle, callProviders = [], callLimits } = ofBody;
  const keys = await ChannelKeys.open(keyStore);
  const channels = new ChannelChains({ ...parts, keys, bundle });
  const { db, days, alarm, nowMs } = parts;
  return new CallDesk({
    ...{ db, days, channels, alarm, policy, nowMs },
    idKey: keys.secretFor('ids of calls'),
    providers: callProviders,
    ...(callLimits ? { limits: callLimits } : {}),
    took: (results) => took?.(results, 0),
  });
}
