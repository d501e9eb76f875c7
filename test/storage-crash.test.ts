import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchToJson } from '@munjigi/core/chain';
import { toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { makePrivateKey } from '@munjigi/service/crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { tempFolder } from './support/databases.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { STORY_MS, TestGate } from './support/register.ts';
import { type RegisterProcess, startRegister } from './support/register-process.ts';

const AT = STORY_MS / 1000;
const KILLS = 10;
const GATES = 6;

interface Acknowledged {
  readonly counter: number;
  readonly receipt: string | null;
}

/** Gates that send without pause; each remembers up to which counter it holds a receipt. */
class Load {
  readonly gates: { readonly gate: TestGate; acknowledged: number }[] = [];
  venueId = 0;
  answers = 0;
  refused = 0;

  async enrol(register: RegisterProcess, count: number): Promise<void> {
    const venue = await register.ask<{ venueId: number; enrolmentCode: string }>({
      op: 'venue',
      venue: { name: 'Sikdang', kind: 'restaurant', region: 'seoul' },
    });
    this.venueId = venue.venueId;
    for (let i = 0; i < count; i++) {
      const gate = new TestGate(venue.venueId);
      const gateKey = compressPoint(gate.signer.publicKey);
      const proof = await gate.signer.sign(possessionBytes(utf8Encode(venue.enrolmentCode), gateKey));
      await register.ask({ op: 'gate', ...venue, gateKey: toBase64url(gateKey), proof: toBase64url(proof) });
      this.gates.push({ gate, acknowledged: 0 });
    }
  }

  /** Every gate sends until the process is gone or `until` says so. */
  async run(register: RegisterProcess, entries: () => number, until: () => boolean): Promise<void> {
    await Promise.all(
      this.gates.map(async (one) => {
        while (!until()) {
          one.gate.append(entries(), AT);
          if (!(await this.#send(register, one))) return;
        }
      }),
    );
  }

  /** Sends what is not acknowledged yet; false when the process is gone. */
  async #send(register: RegisterProcess, one: Load['gates'][number]): Promise<boolean> {
    try {
      const to = Math.min(one.gate.head.counter, one.acknowledged + 500);
      const batch = batchToJson(await one.gate.batch(one.acknowledged + 1, to));
      const answer = await register.ask<Acknowledged>({ op: 'ingest', batch });
      if (answer.receipt !== null) one.acknowledged = answer.counter;
      this.answers += 1;
      return true;
    } catch (error) {
      if ((error as Error).message !== 'gone') this.refused += 1;
      return (error as Error).message !== 'gone' && this.refused < 5;
    }
  }

  /** Right after a restart: whatever a gate holds a receipt for is there. */
  async nothingAcknowledgedIsMissing(register: RegisterProcess): Promise<void> {
    for (const { gate, acknowledged } of this.gates) {
      const here = await register.ask<{ counter: number }>({
        op: 'where',
        venueId: this.venueId,
        thumbprint: toBase64url(gate.thumbprint),
      });
      expect(here.counter).toBeGreaterThanOrEqual(acknowledged);
    }
  }

  /** After everything was sent: each entry once, on one stretch a gate. */
  async everythingIsThereOnce(register: RegisterProcess): Promise<number> {
    for (const one of this.gates) {
      while (one.acknowledged < one.gate.head.counter) expect(await this.#send(register, one)).toBe(true);
    }
    const rows = await register.ask<{ gateNo: number; counter: number; times: number }[]>({
      op: 'stored',
      venueId: this.venueId,
    });
    expect(rows.filter((row) => row.times !== 1)).toEqual([]);
    expect(new Set(rows.map((row) => row.gateNo)).size).toBe(this.gates.length);
    const made = this.gates.reduce((sum, { gate }) => sum + gate.entries.length, 0);
    expect(rows.length).toBe(made);
    return made;
  }
}

const temp: string[] = [];
const folder = (name: string) => {
  const made = tempFolder(name);
  temp.push(made);
  return made;
};
afterAll(() => {
  for (const made of temp) rmSync(made, { recursive: true, force: true });
});

/** Kills the process again and again while all gates send. `between` runs while it is down. */
async function killUnderLoad(
  where: string,
  between: (round: number) => Promise<void> = async () => {},
): Promise<void> {
  const args = [where, join(folder('keys'), 'register'), toBase64url(makePrivateKey())];
  const load = new Load();
  let register = await startRegister(args);
  await load.enrol(register, GATES);
  for (let round = 0; round < KILLS; round++) {
    const enough = load.answers + randomInt(3, 40);
    let killed: Promise<void> | null = null;
    await load.run(
      register,
      () => randomInt(1, 8),
      () => {
        if (load.answers >= enough) killed ??= register.kill();
        return false;
      },
    );
    await (killed ?? register.kill());
    await between(round);
    register = await startRegister(args);
    await load.nothingAcknowledgedIsMissing(register);
  }
  const made = await load.everythingIsThereOnce(register);
  expect(made).toBeGreaterThan(KILLS * 5);
  await register.end();
}

describe('a service that is killed in mid-upload', () => {
  it('loses and doubles nothing that it acknowledged, ten times over, on PGlite', { timeout: 600_000 }, () =>
    killUnderLoad(folder('crash')),
  );

  it('loses and doubles nothing that it acknowledged, ten times over, on PostgreSQL, the database crashing too', {
    timeout: 600_000,
  }, async (context) => {
    const pg: PrivatePostgres | NoPostgres = await startPostgres();
    if (!isThere(pg)) return context.skip(pg.reason);
    try {
      const url = await pg.database('crash');
      await killUnderLoad(url, async (round) => {
        if (round % 4 !== 3) return;
        await pg.stop('immediate');
        await pg.start();
      });
    } finally {
      await pg.remove();
    }
  });
});

describe('a disk without room', () => {
  const posix = process.platform !== 'win32';

  it('answers an error, keeps what was acknowledged, and goes on once there is room', {
    timeout: 300_000,
  }, async (context) => {
    if (!posix) return context.skip('file-size limits are set by a POSIX shell');
    const args = [folder('full'), join(folder('keys'), 'register'), toBase64url(makePrivateKey())];
    const load = new Load();
    const roomy = await startRegister(args);
    await load.enrol(roomy, 2);
    await roomy.end();

    // No file may grow past 3 MiB, and the signal that says so is ignored: writes fail as they do on a full disk.
    const cramped = await startRegister(args, `trap '' XFSZ; ulimit -f ${(3 * 1024 * 1024) / 512}`);
    await load.run(
      cramped,
      () => 500,
      () => load.answers > 60 || load.refused > 0,
    );
    expect(load.refused).toBeGreaterThan(0);
    await cramped.kill();

    const again = await startRegister(args);
    await load.nothingAcknowledgedIsMissing(again);
    await load.everythingIsThereOnce(again);
    await again.end();
  });
});

describe('the embedded store seen from the kernel', () => {
  it('calls fsync at least once for every acknowledged batch', { timeout: 300_000 }, async (context) => {
    if (spawnSync('strace', ['-V']).status !== 0) return context.skip('strace is not here');
    const out = mkdtempSync(join(tmpdir(), 'munjigi-strace-'));
    temp.push(out);
    const args = [folder('fsync'), join(folder('keys'), 'register'), toBase64url(makePrivateKey())];
    const load = new Load();
    const first = await startRegister(args);
    await load.enrol(first, 1);
    await first.end();

    const traced = await startRegister(
      args,
      `set -- strace -f -ff --seccomp-bpf -e trace=fsync,fdatasync -o ${join(out, 'trace')} "$@"`,
    );
    const count = () =>
      readdirSync(out).reduce(
        (sum, file) =>
          sum +
          (readFileSync(join(out, file), 'utf8').match(/(fsync|fdatasync)\(\d+.*\)\s+= 0/g)?.length ?? 0),
        0,
      );
    const before = count();
    await load.run(
      traced,
      () => 1,
      () => load.answers >= 25,
    );
    const flushed = count() - before;
    await traced.end();
    expect(load.answers).toBe(25);
    expect(flushed).toBeGreaterThanOrEqual(25);
    expect(flushed).toBeLessThan(60);
  });
});
