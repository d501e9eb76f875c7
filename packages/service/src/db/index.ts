export { byteaArray, instantArray, int2Array, int4Array, int8Array } from './binary-array.ts';
export { type FolderLock, lockFolder } from './embedded/folder-lock.ts';
export { type EmbeddedDatabase, type EmbeddedOptions, openEmbedded } from './embedded/index.ts';
export {
  DatabaseRefused,
  DatabaseUnavailable,
  isStatementFailed,
  SQLSTATE,
  StatementFailed,
} from './errors.ts';
export { exportDatabase } from './logical/export.ts';
export { importDatabase } from './logical/import.ts';
export {
  type BackupManifest,
  BackupRefused,
  readManifest,
  rowsOf,
  verifyBackup,
} from './logical/manifest.ts';
export { type Migration, migrate, patiently, readMigrations, sqlFolderOf } from './migrate.ts';
export { openPostgres, type PostgresOptions } from './postgres.ts';
export { isPooled, takesWrites } from './postgres-probe.ts';
export { type NoPostgres, type Programs, postgresPrograms } from './postgres-programs.ts';
export { dumpSchema } from './schema-dump.ts';
export type { Answer, Database, Row, Session, Value } from './types.ts';
