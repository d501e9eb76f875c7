import { readFileSync } from 'node:fs';

/** Numbers of the processes that a process has started; none where the system does not tell. */
export function childrenOf(pid: number): number[] {
  try {
    const told = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return told === '' ? [] : told.split(' ').map(Number);
  } catch {
    return [];
  }
}
