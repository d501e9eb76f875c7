export { readPackFolder } from './pack-folder.ts';
export { openSecrets, type Secrets } from './secrets.ts';
export { type Flags, readSettings, type ServiceConfig, SettingError } from './settings.ts';
