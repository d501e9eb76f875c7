export { keptBy } from './kept-by.ts';
export { listenToMetrics } from './listener.ts';
export { type Gauged, Metrics } from './metrics.ts';
