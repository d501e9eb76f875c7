export { readPackFolder } from '../config/pack-folder.ts';
export { type AccountsParts, openAccounts } from './accounts.ts';
export { type AuthorityBooks, openAuthorityBooks } from './authority-books.ts';
export { openDeskDatabase } from './databases.ts';
export { type IssuerBooks, openIssuerBooks } from './issuer-books.ts';
export { openLog } from './log.ts';
export { createService, readStory, type Service, type ServiceOverrides } from './service.ts';
