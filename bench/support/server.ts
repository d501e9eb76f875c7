import { fileURLToPath } from 'node:url';

export interface PrivatePostgres {
  readonly reason?: string;
  readonly version: number;
  database(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** The private server of the tests, with the settings of deploy/postgres for a small machine. */
export async function startServer(extra: Readonly<Record<string, string>> = {}): Promise<PrivatePostgres> {
  // It is TypeScript, so Vite reads it for us.
  const { runnerImport } = await import('vite');
  const file = fileURLToPath(new URL('../../../test/support/postgres.ts', import.meta.url));
  const { module } = await runnerImport<{
    startPostgres(settings: Record<string, string>): Promise<PrivatePostgres>;
  }>(file, { logLevel: 'error' });
  return module.startPostgres({
    shared_buffers: '512MB',
    max_wal_size: '8GB',
    checkpoint_timeout: '30min',
    wal_compression: 'lz4',
    synchronous_commit: 'on',
    ...extra,
  });
}
