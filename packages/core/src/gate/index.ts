export { type CheckResult, checkVerdict } from './check-verdict.ts';
export { decide } from './decide.ts';
export { inspect, unreadablePicture } from './inspect.ts';
export * from './types.ts';
