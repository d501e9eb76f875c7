export { type AuthorityCaseOptions, AuthorityCases, type CallList } from './authority-cases.ts';
export { mountAuthorityCases } from './routes.ts';
