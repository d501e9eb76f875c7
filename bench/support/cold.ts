import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PrivatePostgres } from './server.ts';

const run = promisify(execFile);
/** Smaller files are the catalogue's: a service that runs has them in memory. */
const ROWS_FROM_BYTES = 256 * 1024;

/**
 * Starts the server anew with nothing in memory: its own buffers are empty, and the operating system forgets the pages of its
 * files (POSIX_FADV_DONTNEED, by GNU dd). False where the platform has no such thing: then only the buffers are empty.
 */
export async function restartCold(server: PrivatePostgres): Promise<boolean> {
  await server.stop();
  let forgotten = true;
  try {
    for (const file of filesUnder(join(server.folder, 'data', 'base')))
      if (statSync(file).size >= ROWS_FROM_BYTES)
        await run('dd', [`if=${file}`, 'iflag=nocache', 'count=0', 'status=none']);
  } catch {
    forgotten = false;
  }
  await server.start();
  return forgotten;
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesUnder(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}
