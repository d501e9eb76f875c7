export { createService, openLog, readStory, type Service, type ServiceOverrides } from './api/index.ts';
export type { Story } from './clock/index.ts';
export { type Flags, readSettings, type ServiceConfig, SettingError } from './config/index.ts';
export { DatabaseRefused, DatabaseUnavailable } from './db/index.ts';
export { TableError } from './lib/csv.ts';
