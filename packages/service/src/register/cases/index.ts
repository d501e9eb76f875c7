export { ANSWER_MS, OnCall } from './on-call.ts';
export { type RegisterCaseOptions, RegisterCases, type RegisterCaseState } from './register-cases.ts';
export { mountRegisterCases } from './routes.ts';
