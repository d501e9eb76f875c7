export { listenToMetrics } from './listener.ts';
export { type Gauged, Metrics } from './metrics.ts';
