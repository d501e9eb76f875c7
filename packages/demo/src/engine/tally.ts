import type { Row } from '../story.ts';

/** Totals of the closing card, counted from the gate and from the register's rows. */
export interface Tally {
  readonly refused: number;
  readonly lost: number;
  readonly doubled: number;
  readonly all: number;
  readonly confirmed: number;
}

/** `entries` is the newest counter of the gate's chain, `waiting` how many of them are still on the device. */
export function tallyOf(rows: readonly Row[], entries: number, waiting: number, refused: number): Tally {
  const distinct = new Set(rows.map((row) => `${row.gateNo}/${row.counter}`)).size;
  return {
    refused,
    lost: Math.max(0, entries - waiting - distinct),
    doubled: rows.length - distinct,
    all: entries,
    confirmed: distinct,
  };
}
