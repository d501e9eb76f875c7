export { type Crowd, startCrowd } from './crowd.ts';
export { CrowdGate, type GateLedger, type GateTerms } from './gate.ts';
export type { CrowdReport, Phase } from './messages.ts';
export { quantile, seeded } from './random.ts';
export { Visitors } from './visitors.ts';
