export { FORMATS, formatNames, formatOf } from './registry.ts';
export type { Described, Parsed, PassFormat, Steps, Verified } from './types.ts';
