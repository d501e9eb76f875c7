export { type Crowd, startCrowd } from './crowd.ts';
export { CrowdGate, type GateLedger, type GateTerms, type Remembered } from './gate.ts';
export { type GuestKind, wrongIn } from './guests.ts';
export type { CrowdReport, Phase, Pulse } from './messages.ts';
export { quantile, seeded } from './random.ts';
export { draw, type Held, Visitors } from './visitors.ts';
export type { Fetched, Fetching } from './wallets.ts';
