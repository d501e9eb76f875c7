export { type AuthorityBooks, openAuthorityBooks } from './authority-books.ts';
export { type IssuerBooks, openIssuerBooks } from './issuer-books.ts';
export { openLog } from './log.ts';
export { createService, readStory, type Service, type ServiceOverrides } from './service.ts';
