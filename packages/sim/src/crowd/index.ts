export { type Crowd, startCrowd } from './crowd.ts';
export type { Flooded, Flooding } from './flood.ts';
export { CrowdGate, type GateLedger, type GateTerms, type Remembered } from './gate.ts';
export { type GuestKind, wrongIn } from './guests.ts';
export { issuerAt } from './issuer-at.ts';
export type { CrowdReport, Phase, Pulse } from './messages.ts';
export { quantile, seeded } from './random.ts';
export { draw, type Held, Visitors } from './visitors.ts';
export { type Fetched, type Fetching, signIn } from './wallets.ts';
