export {
  type ProxyLimits,
  type ProxyOptions,
  type ProxyPace,
  type ProxyServer,
  renderHaproxy,
} from './render.ts';
export { type AdminState, openRuntime, type Runtime, RuntimeRefused, type ServerNow } from './runtime.ts';
export { type Look, SKEW, type Skew, type SkewTerms, skewOf } from './skew.ts';
