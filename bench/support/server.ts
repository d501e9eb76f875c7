import { fileURLToPath } from 'node:url';

export interface PrivatePostgres {
  readonly reason?: string;
  readonly version: number;
  /** Where everything of it lies. */
  readonly folder: string;
  stop(): Promise<void>;
  start(): Promise<void>;
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

/** Gives back what a bench took of the disk when it is broken off, too. */
export function removeWhenBrokenOff(remove: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      process.stderr.write('bench: broken off; what it made is being removed …\n');
      void remove().finally(() => process.exit(1));
    });
}
