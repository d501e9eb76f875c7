export { type CanaryOptions, canaryKeysFile, startCanary } from './canary.ts';
export {
  type Backend,
  type Balancer,
  type BalancerOptions,
  haproxyProgram,
  type NodeStat,
  startBalancer,
} from './haproxy.ts';
export { type IdentityProvider, startIdentityProvider } from './identity-provider.ts';
export { type Mirror, startMirror } from './mirror.ts';
export { type LoneNode, type NodePlace, placeOf, startNode } from './node.ts';
export { freePort } from './ports.ts';
export {
  isThere,
  type NoPostgres,
  type PrivatePostgres,
  startPostgres,
  startStandby,
  whoRuns,
} from './postgres.ts';
export { drawnBoxes, type Picture, readCodes } from './printed.ts';
export { type StageProcess, startProcess } from './process.ts';
export { type Relay, startRelay } from './relay.ts';
export { MUNJIGI, openService, type ServiceNode, type ServiceStage, until } from './service.ts';
export { type VersionBefore, versionBefore } from './version-before.ts';
