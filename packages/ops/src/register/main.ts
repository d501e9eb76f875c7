import { join } from 'node:path';
import { SettingError } from '@munjigi/service';
import { nodeCrypto, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import type { Database } from '@munjigi/service/db';
import {
  type ChainReport,
  OwnLayer,
  Receipts,
  RetentionDays,
  type VerifyParts,
  verifyChain,
} from '@munjigi/service/register';
import {
  answering,
  argumentsOf,
  DATABASE_OPTIONS,
  DATABASE_USAGE,
  momentOf,
  termsOf,
  withDeskDatabase,
} from '../backup/desk-database.ts';

const USAGE = `munjigi register verify [options]

Computes the chain of every gate again from the stored rows, from its start or from where older days ended, and compares it with
the receipts and marks that were written down: finds rows that were changed, exchanged, added or taken away. Where the key
folder is here, receipts are verified and boxes compared with their hashes, too; nobody's contact can be opened by it.

  --venue N                 one venue
  --gate N                  one gate number of it
${DATABASE_USAGE}
Prints one JSON object for each stretch that has a problem, then one for all. Exit 0 when there is none, 1 when there is one,
2 for wrong usage.
`;

const OPTIONS = { ...DATABASE_OPTIONS, venue: { type: 'string' }, gate: { type: 'string' } } as const;

function numberOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,15}$/.test(text)) throw new SettingError(`--${name} is a whole number from 1.`);
  return Number(text);
}

/** `munjigi register verify`. Resolves to the exit code. */
export async function main([sub, ...args]: readonly string[]): Promise<number> {
  if (sub === '--help' || sub === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (sub !== 'verify') {
    process.stderr.write(`munjigi register: say what to do with it.\n\n${USAGE}`);
    return 2;
  }
  const flags = argumentsOf('register verify', USAGE, args, OPTIONS);
  if (flags === null) return 2;
  if (flags.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  return answering('register verify', async () => {
    const { venue: venueText, gate: gateText, ...rest } = flags;
    const venue = numberOf('venue', venueText);
    const gate = numberOf('gate', gateText);
    if (gate !== null && venue === null)
      throw new SettingError('--gate needs --venue: numbers are of a venue.');
    const nowMs = momentOf(flags.at);
    return withDeskDatabase(rest, 'register', nowMs, async (db, config) => {
      const terms = termsOf(config);
      const days = new RetentionDays(terms.timeZone, terms.retentionDays);
      days.moveTo(Math.floor(nowMs / 1000));
      return report(
        { db, days, ...(await keysOf(join(config.data, 'keys', 'register'), days)) },
        venue,
        gate,
      );
    });
  });
}

/** What the key folder allows: nothing is made in it, and nothing in it is needed. */
async function keysOf(path: string, days: RetentionDays): Promise<Pick<VerifyParts, 'receipts' | 'layer'>> {
  const keys = await openKeyFolder(path);
  const receipt = await keys.find('receipt');
  const layer = new OwnLayer(keys);
  const names = new Set(await keys.names());
  await layer.prepare(days.days.map(({ day }) => day).filter((day) => names.has(`layer-${day}`)));
  return { receipts: receipt && new Receipts(nodeSigner(receipt), nodeCrypto()), layer };
}

interface Sum {
  stretches: number;
  verified: number;
  gone: number;
  unproved: number;
  boxes: number;
  problems: number;
}

async function report(parts: VerifyParts, venue: number | null, gate: number | null): Promise<number> {
  const sum: Sum = { stretches: 0, verified: 0, gone: 0, unproved: 0, boxes: 0, problems: 0 };
  for await (const [venueId, gateNo] of stretchesOf(parts.db, venue, gate)) {
    const one = await verifyChain(parts, venueId, gateNo);
    if (one) add(sum, one);
  }
  if (gate !== null && sum.stretches === 0) throw new SettingError('There is no such gate at this venue.');
  process.stdout.write(`${JSON.stringify({ register: sum })}\n`);
  return sum.problems > 0 ? 1 : 0;
}

function add(sum: Sum, one: ChainReport): void {
  sum.stretches += 1;
  sum.verified += one.verified;
  sum.gone += one.gone;
  sum.unproved += one.unproved;
  sum.boxes += one.boxes;
  sum.problems += one.problems.length;
  if (one.problems.length > 0) process.stdout.write(`${JSON.stringify({ stretch: one })}\n`);
}

async function* stretchesOf(
  db: Database,
  venue: number | null,
  gate: number | null,
): AsyncGenerator<readonly [number, number]> {
  for (let after = [venue ?? 0, 0]; ; ) {
    const { rows } = await db.query<{ venueId: number; gateNo: number }>(
      `SELECT venue_id AS "venueId", gate_no AS "gateNo" FROM gate
       WHERE (venue_id, gate_no) > ($1::int8, $2::int2) AND ($3::int8 IS NULL OR venue_id = $3) AND ($4::int2 IS NULL OR gate_no = $4)
       ORDER BY venue_id, gate_no LIMIT 1000`,
      [...after, venue, gate],
    );
    for (const { venueId, gateNo } of rows) yield [venueId, gateNo];
    const last = rows[rows.length - 1];
    if (last === undefined) return;
    after = [last.venueId, last.gateNo];
  }
}
