export { type FindPerson, type IssuerCaseOptions, IssuerCases, noticeTag } from './issuer-cases.ts';
export { mountIssuerCases } from './routes.ts';
