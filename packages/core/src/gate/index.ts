export { decideByStaff, type StaffAnswer } from './by-staff.ts';
export { type CheckResult, checkVerdict } from './check-verdict.ts';
export { decide } from './decide.ts';
export { inspect, unreadablePicture } from './inspect.ts';
export * from './types.ts';
