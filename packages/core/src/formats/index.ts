export { FORMATS, formatNames, formatOf } from './registry.ts';
export type { ByteSteps, Described, KeySteps, Parsed, PassFormat, Verified } from './types.ts';
