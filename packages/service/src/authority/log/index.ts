export { KnownBodies } from './bodies.ts';
export { type CosignPort, LogKeeper } from './keeper.ts';
export { headMirror } from './mirror.ts';
export { mountLog } from './routes.ts';
export { type KeptHead, LogStore } from './store.ts';
