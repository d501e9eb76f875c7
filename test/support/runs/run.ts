import { toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint, keyThumbprint } from '@munjigi/core/signing';
import type { KeptEntry, KeptReceipt } from '@munjigi/offline';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import pgDriver from 'pg';
import type { PrivatePostgres } from '../postgres.ts';
import { STORY_MS } from '../register.ts';
import { Chance } from './chance.ts';
import { faultsOf } from './checker.ts';
import { Device, hex } from './device.ts';
import type { Nodes } from './nodes.ts';

const DEVICES = 4;
const STEPS = 24;
/** Longer than a gate waits before it asks an idle register where it stands. */
const LONG_MS = 700_000;

const STEP = {
  enter: 6,
  deliver: 8,
  retry: 3,
  crash: 1.5,
  crashDatabase: 0.25,
  backup: 0.7,
  restore: 0.7,
  copyDevice: 0.5,
  deviceBack: 0.5,
} as const;
type Step = keyof typeof STEP;

interface DeviceCopy {
  readonly entries: readonly KeptEntry[];
  readonly receipt: KeptReceipt | null;
}

/** What a run came to. */
export interface RunResult {
  readonly faults: readonly string[];
  readonly entries: number;
  readonly steps: Readonly<Partial<Record<Step, number>>>;
}

const LOOKS = 100;

/** Starts requests while the heads of a venue are held, and lets go once two of them wait there, or clearly will not. */
async function atOneHead(
  url: string,
  venueId: number,
  start: () => Promise<unknown>[],
): Promise<Promise<unknown>[]> {
  const holder = new pgDriver.Client({ connectionString: url });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM gate_head WHERE venue_id = $1 FOR UPDATE', [venueId]);
  const started = start();
  for (const one of started) one.catch(() => {});
  for (let look = 0; look < LOOKS; look++) {
    const { rows } = await holder.query<{ waiting: number }>(
      "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    );
    if (rows[0]!.waiting >= 2) break;
  }
  await holder.query('COMMIT');
  await holder.end();
  return started;
}

/**
 * One randomised run: four devices, two nodes, one database. Guests come, batches go out through a bad network, nodes and
 * the database die in the middle, the database and devices are put back to older copies. At the end everybody may finish,
 * and the checker looks.
 */
export async function run(
  pg: PrivatePostgres,
  nodes: Nodes,
  template: string,
  seed: number,
): Promise<RunResult> {
  const chance = new Chance(seed);
  const name = `run_${seed}`;
  const copyName = `${name}_copy`;
  await pg.run(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = pg.address(name);
  let nowMs = STORY_MS;
  const clock = () => nowMs;
  await nodes.startAll();
  await nodes.open(url, clock);

  const venue = await nodes.ask<{ venueId: number; enrolmentCode: string }>(0, { op: 'venue' });
  const devices: Device[] = [];
  for (let i = 0; i < DEVICES; i++) {
    const signer = nodeSigner(makePrivateKey());
    const gateKey = compressPoint(signer.publicKey);
    const proof = await signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
    await nodes.ask(0, { op: 'gate', ...venue, gateKey: toBase64url(gateKey), proof: toBase64url(proof) });
    devices.push(
      new Device({
        venueId: venue.venueId,
        signer,
        thumbprint: keyThumbprint(signer.publicKey),
        transport: nodes.transport(chance),
        registerKey: nodes.registerKey,
        chance,
        now: () => nowMs / 1000,
        monotonicMs: () => nowMs,
      }),
    );
  }
  const copies: (DeviceCopy | null)[] = Array(DEVICES).fill(null);
  const ever = new Set<string>();
  const orphans = new Set<string>();
  let hasCopy = false;

  const enter = async (device: Device, count: number) => {
    await device.enter(count);
    for (const hash of device.saved) ever.add(hash);
  };
  const steps: Record<Step, () => Promise<unknown>> = {
    enter: () => enter(devices[chance.upTo(DEVICES - 1)]!, 1 + chance.upTo(12)),
    async deliver() {
      if (chance.oneIn(3)) nodes.doom(chance.upTo(1), chance.upTo(5));
      await Promise.all(devices.map((device) => device.deliver(3)));
    },
    async retry() {
      const device = devices[chance.upTo(DEVICES - 1)]!;
      const batch = await device.slice();
      if (!batch) return;
      const request = { op: 'send', nowMs, batch, shown: null } as const;
      const both = () => [nodes.ask(0, request), nodes.ask(1, request)];
      // Mostly both nodes meet at the head: nobody goes on before both wait there.
      const met = chance.oneIn(3) ? both() : await atOneHead(url, venue.venueId, both);
      await Promise.allSettled([...met, device.deliver(1)]);
    },
    crash: () => nodes.kill(chance.upTo(1)),
    async crashDatabase() {
      const sending = Promise.all(devices.map((device) => device.deliver(2)));
      await pg.stop('immediate');
      await sending;
      await pg.start();
    },
    async backup() {
      await nodes.close();
      if (hasCopy) await pg.run(`DROP DATABASE ${copyName}`);
      await pg.run(`CREATE DATABASE ${copyName} TEMPLATE ${name}`);
      hasCopy = true;
      await nodes.open(url, clock);
    },
    async restore() {
      if (!hasCopy) return;
      await nodes.close();
      await pg.run(`DROP DATABASE ${name}`);
      await pg.run(`CREATE DATABASE ${name} TEMPLATE ${copyName}`);
      // What only a device had that is gone itself may be gone now; whatever a device holds comes again.
      orphans.clear();
      await nodes.open(url, clock);
    },
    async copyDevice() {
      const i = chance.upTo(DEVICES - 1);
      const { store } = devices[i]!;
      copies[i] = { entries: await store.entriesFrom(1, 10_000), receipt: await store.newestReceipt() };
    },
    async deviceBack() {
      const i = chance.upTo(DEVICES - 1);
      const copy = copies[i];
      if (!copy) return;
      const old = devices[i]!;
      const confirmed = (await old.store.newestReceipt())?.counter ?? 0;
      for (const kept of await old.store.entriesFrom(1, 10_000))
        if (kept.counter <= confirmed) orphans.add(hex(kept.hash));
      devices[i] = await old.putBack(copy.entries, copy.receipt);
    },
  };

  const count: Partial<Record<Step, number>> = {};
  let faults: readonly string[];
  try {
    for (let i = 0; i < STEPS; i++) {
      nowMs += 1_000 + chance.upTo(60_000);
      const step = chance.of(STEP);
      count[step] = (count[step] ?? 0) + 1;
      await steps[step]();
      await nodes.startSome(chance);
    }
    await nodes.startAll();
    for (let i = 0; i < 60; i++) {
      nowMs += LONG_MS;
      const said = await Promise.all(devices.map((device) => device.deliver(40)));
      if (i > 0 && said.every((word) => word === 'idle')) break;
    }
    faults = await faultsOf(url, nodes.registerKey, venue.venueId, devices, orphans, ever);
  } finally {
    await nodes.startAll();
    await nodes.close();
  }
  await pg.run(`DROP DATABASE ${name}`);
  if (hasCopy) await pg.run(`DROP DATABASE ${copyName}`);
  return { faults, entries: ever.size, steps: count };
}
