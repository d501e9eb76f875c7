export { ANSWER_MS, OnCall } from './on-call.ts';
export { type RegisterCaseOptions, type RegisterCaseState, RegisterCases } from './register-cases.ts';
export { mountRegisterCases, type NamesOf } from './routes.ts';
