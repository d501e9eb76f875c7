export { openLog } from './log.ts';
export { createService, readStory, type Service, type ServiceOverrides } from './service.ts';
