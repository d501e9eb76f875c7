export { inspect, unreadablePicture } from './inspect.ts';
export * from './types.ts';
