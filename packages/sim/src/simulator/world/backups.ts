import type { BackedUpHead } from '@munjigi/service/register';
import type { Random } from '../kernel/random.ts';
import type { World } from './world.ts';

interface Backup {
  readonly position: number;
  readonly takenAtMs: number;
  readonly heads: readonly BackedUpHead[];
}

/** A backup may be put back while gates still keep what came since: 72 hours, less some slack. */
const OLDEST_MS = 70 * 3_600_000;

/** The operator's backups: taken again and again, noted at a node as safe, put back when the database is lost. */
export class Backups {
  readonly taken: Backup[] = [];

  constructor(private readonly world: World) {}

  schedule(everyMs: number): void {
    const { kernel, hand } = this.world;
    kernel.after(hand, everyMs, () => {
      this.#take();
      this.schedule(everyMs);
    });
  }

  /** Puts one of the newest back, and starts the database on it. What it does not have is at the gates. */
  restore(random: Random): void {
    const { store, kernel, ledger } = this.world;
    if (store.process !== null) return;
    const good = this.taken.filter(({ takenAtMs }) => kernel.nowMs - takenAtMs < OLDEST_MS);
    const chosen = good.length > 0 ? random.pick(good) : null;
    if (chosen) {
      store.restartFrom(chosen.position);
      ledger.reach('an older backup was put back');
      this.taken.splice(
        0,
        this.taken.length,
        ...this.taken.filter(({ position }) => position <= chosen.position),
      );
    } else store.restart();
  }

  /** A failover may have taken the tail away that a backup holds: such a backup is not of this database. */
  forgetAfter(position: number): void {
    this.taken.splice(0, this.taken.length, ...this.taken.filter((one) => one.position <= position));
  }

  #take(): void {
    const { store, kernel, hand, nodes } = this.world;
    if (store.process === null) return;
    const tx = store.begin();
    const heads = tx
      .all(tx.tables.head)
      .map(({ venueId, gateNo, counter, head }) => ({ venueId, gateNo, counter, head }));
    const backup = { position: store.position, takenAtMs: kernel.nowMs, heads };
    this.taken.push(backup);
    // It counts as safe once it was verified.
    kernel.after(hand, 60_000, () => {
      const node = nodes.find(({ ready }) => ready);
      if (!node?.desk || !node.process || !this.taken.includes(backup)) return;
      const { desk, process } = node;
      kernel.after(process, 0, () => void desk.raiseSafeMarks(backup).catch(() => {}));
    });
  }
}
