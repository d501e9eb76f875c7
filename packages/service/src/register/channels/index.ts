export {
  type ChannelAnswer,
  ChannelChains,
  type ChannelEntry,
  type ChannelParts,
  type ChannelWord,
  type KnownBundle,
  type SealedSubject,
} from './channel-chain.ts';
export { ChannelKeys } from './channel-keys.ts';
