export { type DatabaseCluster, isMissing, startDatabaseCluster } from './cluster.ts';
export type { DataNode, Standing } from './data-node.ts';
export { until } from './processes.ts';
export type { Missing } from './programs.ts';
export { shipped } from './settings.ts';
