export {
  type Backend,
  type Balancer,
  type BalancerOptions,
  haproxyProgram,
  type NodeStat,
  startBalancer,
} from './haproxy.ts';
export { type Mirror, startMirror } from './mirror.ts';
export { freePort } from './ports.ts';
export { isThere, type NoPostgres, type PrivatePostgres, startPostgres, whoRuns } from './postgres.ts';
export { type StageProcess, startProcess } from './process.ts';
export { openService, type ServiceNode, type ServiceStage, until } from './service.ts';
