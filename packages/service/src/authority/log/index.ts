export { KnownBodies } from './bodies.ts';
export { type CosignPort, LogKeeper } from './keeper.ts';
export { mountLog } from './routes.ts';
export type { KeptHead } from './store.ts';
