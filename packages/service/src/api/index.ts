export { readPackFolder } from '../config/pack-folder.ts';
export { openDeskDatabase } from './databases.ts';
export { openLog } from './log.ts';
export { createService, readStory, type Service, type ServiceOverrides } from './service.ts';
