import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/**
 * Keeps this process, and what it starts from now on, to one core. A generator that shares a core with what it measures starves it, and
 * then measures itself.
 * @returns false where the machine has one core, or cannot do so
 */
export function keepTo(core: number): boolean {
  if (availableParallelism() < 2 && core > 0) return false;
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(process.pid)], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
