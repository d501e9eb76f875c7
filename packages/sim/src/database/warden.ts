import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Who ends everything that runs in a folder, and deletes it: when told so, and when we are no more. */
export interface Warden {
  end(): Promise<void>;
}

/**
 * A program of its own, since a process that is killed ends nothing: PostgreSQL has long left Patroni's family, and Patroni ours. It
 * waits for our end of a pipe to close. What works in the folder is ours, for nobody else was told of it.
 */
const PROGRAM = `
const { readdirSync, readlinkSync, rmSync } = require('node:fs');
const folder = process.argv[1];
const inFolder = () => readdirSync('/proc').filter((pid) => {
  try { return /^\\d+$/.test(pid) && (readlinkSync('/proc/' + pid + '/cwd') + '/').startsWith(folder + '/'); } catch { return false; }
});
process.stdin.resume().on('close', () => {
  for (let round = 0, pids; round < 50 && (pids = inFolder()).length > 0; round++) {
    for (const pid of pids) try { process.kill(Number(pid), 'SIGKILL'); } catch {}
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
  rmSync(folder, { recursive: true, force: true });
});
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
`;

export function startWarden(folder: string): Warden {
  const child = spawn(process.execPath, ['-e', PROGRAM, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  const ended = once(child, 'exit');
  return {
    async end() {
      child.ref();
      child.stdin.destroy();
      await ended;
    },
  };
}
