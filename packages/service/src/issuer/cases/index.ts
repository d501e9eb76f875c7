export { type FindPerson, type IssuerCaseOptions, IssuerCases } from './issuer-cases.ts';
export { mountIssuerCases } from './routes.ts';
