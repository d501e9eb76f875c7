import { describe, expect, it } from 'vitest';
import { Doors, httpDocuments, orderOf, ServerError } from '../index.ts';

const [A, B, C] = ['https://a.example', 'https://b.example', 'https://c.example'] as const;
const ALL = [A, B, C];
const self = new Uint8Array(16).fill(7);
/** In the order of this device. */
const [first, second, third] = orderOf(self, ALL) as [string, string, string];
const away = new ServerError(0, 'network', null);

function world() {
  const clock = { ms: 0 };
  const called: string[] = [];
  const broken = new Map<string, ServerError>();
  const doors = new Doors(
    self,
    () => clock.ms,
    () => 0.5,
  );
  const call = async (door: string) => {
    called.push(door);
    const error = broken.get(door);
    if (error) throw error;
    return door;
  };
  const ask = (again = true) => doors.ask(ALL, call, again);
  return { clock, called, broken, doors, ask };
}

describe('the doors of a device', () => {
  it('are tried in its own order, and the first that answers is kept to', async () => {
    const { called, broken, ask } = world();
    broken.set(first, away);
    expect(await ask()).toBe(second);
    expect(await ask()).toBe(second);
    expect(called).toEqual([first, second, second]);
  });

  it('are closed longer with each failed probe, and probed by one call at a time', async () => {
    const { clock, called, broken, doors, ask } = world();
    broken.set(first, away);
    await ask();
    clock.ms = 30_000;
    called.length = 0;
    // The probe is still under way when others ask.
    let end = (): void => {};
    const probe = doors.ask(
      ALL,
      async (door) => {
        called.push(door);
        if (door === first) await new Promise<void>((_, fail) => (end = () => fail(away)));
        return door;
      },
      true,
    );
    expect([await ask(), await ask()]).toEqual([second, second]);
    end();
    expect(await probe).toBe(second);
    expect(called.filter((door) => door === first)).toHaveLength(1);
    clock.ms += 59_000;
    expect(await ask()).toBe(second);
    broken.clear();
    clock.ms += 2_000;
    expect(await ask()).toBe(first);
    expect(called.filter((door) => door === first)).toHaveLength(2);
  });

  it('are not tried on where the desk itself has answered, be it that it is full', async () => {
    const { called, broken, ask } = world();
    for (const [status, code] of [
      [503, 'service.full'],
      [503, 'service.database-down'],
      [429, 'request.rate'],
      [409, 'issuer.nonce'],
    ] as const) {
      called.length = 0;
      broken.set(first, new ServerError(status, code, 40));
      await expect(ask()).rejects.toMatchObject({ code, retryAfterSeconds: 40 });
      expect(called).toEqual([first]);
    }
  });

  it('are tried on where a node is closing, broken, or not there', async () => {
    const { broken, called, ask } = world();
    for (const error of [
      new ServerError(503, 'service.draining', 5),
      new ServerError(503, 'service.pool-broken', null),
      new ServerError(503, 'unknown', null),
      new ServerError(502, 'unknown', null),
    ]) {
      const w = world();
      w.broken.set(first, error);
      expect(await w.ask()).toBe(second);
    }
    for (const door of ALL) broken.set(door, away);
    await expect(ask()).rejects.toBe(away);
    expect(called).toEqual([first, second, third]);
    // With all of them closed one is asked, not three, each time.
    called.length = 0;
    await expect(ask()).rejects.toBe(away);
    expect(called).toHaveLength(1);
  });

  it('are never tried twice with what may be done once only', async () => {
    const { broken, called, ask } = world();
    broken.set(first, away);
    await expect(ask(false)).rejects.toBe(away);
    expect(called).toEqual([first]);
    // The next time, which the visitor or the queue decides, goes elsewhere.
    expect(await ask(false)).toBe(second);
  });
});

describe('mirrors', () => {
  const answer = (status: number, body = 'x') => new Response(status === 200 ? body : null, { status });
  const source = (answers: Record<string, () => Response>, asked: string[] = []) =>
    httpDocuments(
      async (address) => {
        const mirror = String(address).replace(/\/[^/]*$/, '');
        asked.push(mirror);
        return answers[mirror]!();
      },
      1000,
      new Doors(self, () => 0),
    );

  it('are passed over where they failed, and not where they lack one document', async () => {
    const asked: string[] = [];
    const documents = source(
      { [first]: () => answer(500), [second]: () => answer(404), [third]: () => answer(200) },
      asked,
    );
    expect(await documents.fetch('now', ALL)).toHaveLength(1);
    expect(await documents.fetch('now', ALL)).toHaveLength(1);
    expect(asked).toEqual([first, second, third, second, third]);
  });

  it('that have an older document than the one wanted leave it to the next', async () => {
    const documents = source({
      [first]: () => answer(200, 'old'),
      [second]: () => answer(200, 'new'),
      [third]: () => answer(200, 'old'),
    });
    const isNew = (bytes: Uint8Array) => new TextDecoder().decode(bytes) === 'new';
    expect(new TextDecoder().decode((await documents.fetch('bundle', ALL, isNew))!)).toBe('new');
    expect(await documents.fetch('bundle', [first, third], isNew)).toBeNull();
  });
});
