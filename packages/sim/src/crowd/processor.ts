import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

const room = Buffer.alloc(128);

/**
 * How long threads of this process have waited for a processor while others ran, as the system counts it (Linux, schedstat); in
 * milliseconds. 0 for ever where it does not tell.
 */
export class ProcessorWaits {
  readonly #files: number[] = [];

  constructor() {
    try {
      for (const thread of readdirSync('/proc/self/task'))
        this.#files.push(openSync(`/proc/self/task/${thread}/schedstat`, 'r'));
    } catch {
      // Another system, or a thread that has ended meanwhile.
    }
  }

  /** In all, so far. */
  ms(): number {
    let sum = 0;
    for (const file of this.#files) {
      const told = room.toString('latin1', 0, readSync(file, room, 0, room.length, 0));
      sum += Number(told.split(' ')[1] ?? 0);
    }
    return sum / 1e6;
  }

  close(): void {
    for (const file of this.#files.splice(0)) closeSync(file);
  }
}
