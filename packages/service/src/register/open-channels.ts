import { CallDesk, type CallDeskParts } from './calls/index.ts';
import { ChannelChains, ChannelKeys, type ChannelParts } from './channels/index.ts';
import { PosterDesk, type PosterDeskParts } from './posters/index.ts';
import { SheetDesk } from './sheets/index.ts';
import type { RegisterOptions } from './types.ts';

type Parts = Omit<ChannelParts, 'keys' | 'bundle'> &
  Pick<PosterDeskParts, 'db' | 'days' | 'alarm' | 'nowMs' | 'crypto'>;

/** The ways of being recorded beside the gates: calls, paper, posters; null where this body knows no rules. */
export interface OpenChannels {
  readonly calls: CallDesk | null;
  readonly sheets: SheetDesk | null;
  /** Null also where this body has no key that signs them. */
  readonly posters: PosterDesk | null;
}

/** Opens calls, sheets and posters, on chains that this body writes itself under keys that it holds. */
export async function openChannels(
  { channels: ofBody, keyStore, took }: Pick<RegisterOptions, 'channels' | 'keyStore' | 'took'>,
  parts: Parts,
): Promise<OpenChannels> {
  if (!ofBody) return { calls: null, sheets: null, posters: null };
  const { policy, bundle, callProviders = [], callLimits, posters: ofPosters } = ofBody;
  const keys = await ChannelKeys.open(keyStore);
  const channels = new ChannelChains({ ...parts, keys, bundle });
  const { db, days, alarm, nowMs, prepare } = parts;
  const common: Pick<CallDeskParts, 'db' | 'days' | 'channels' | 'alarm' | 'policy' | 'nowMs' | 'took'> = {
    ...{ db, days, channels, alarm, policy, nowMs },
    took: (results) => took?.(results, 0),
  };
  const calls = new CallDesk({
    ...common,
    idKey: keys.secretFor('ids of calls'),
    providers: callProviders,
    ...(callLimits ? { limits: callLimits } : {}),
  });
  const posters = ofPosters ? new PosterDesk({ ...common, crypto: parts.crypto, ...ofPosters }) : null;
  return { calls, sheets: new SheetDesk({ ...common, prepare }), posters };
}
