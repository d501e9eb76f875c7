import { join } from 'node:path';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import { migrate } from '@munjigi/service/db';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NotifiedFiles } from '../packages/service/src/authority/notified.ts';
import { tempFolder, testEngines } from './support/databases.ts';
import { hashOf } from './support/log-stand.ts';
import { korea } from './support/packs.ts';
import { STORY_SECONDS } from './support/service.ts';

const DAY = '2022-01-06';
const [, engine] = testEngines();
beforeAll(() => engine!.start());
afterAll(() => engine!.stop());

it('a daily file that is signed anew under a new root has the tags that another node adds meanwhile', async (context) => {
  if (engine!.missing() !== null) return context.skip(engine!.missing()!);
  const test = await engine!.fresh();
  await migrate(test.db, 'authority', STORY_SECONDS * 1000);
  const other = (await test.again())!;
  const delegate = nodeSigner(makePrivateKey());
  let version = 1;
  const files = new NotifiedFiles({
    db: test.db,
    root: { current: async () => ({ version }), at: async () => ({ root: { version }, delegate }) } as never,
    lines: { resolvedOn: async () => 10 } as never,
    clock: { nowMs: () => STORY_SECONDS * 1000 },
    policy: korea,
    mirror: join(tempFolder('notified'), 'mirror'),
  });
  const [first, second] = [hashOf('first').slice(0, 8), hashOf('second').slice(0, 8)];
  await files.publish(DAY, [first]);
  version = 2;

  const waits = async () => (await other.query('SELECT 1 FROM pg_locks WHERE NOT granted')).rows.length > 0;
  // What another node does that publishes: lock of the day, tag, file, commit.
  const signing = await other.tx(async (session) => {
    await session.query("SELECT pg_advisory_xact_lock(20820, $1::date - DATE '2020-01-01')", [DAY]);
    await session.query('INSERT INTO notified_tag (day, tag, padding) VALUES ($1, $2, false)', [DAY, second]);
    await session.query('UPDATE notified_file SET root_version = 2, bytes = $2 WHERE day = $1', [
      DAY,
      second,
    ]);
    const file = files.file(DAY);
    while (!(await waits())) await new Promise((go) => setImmediate(go));
    return { file };
  });
  const bytes = Buffer.from((await signing.file)!);
  expect([first, second].every((tag) => bytes.includes(Buffer.from(tag)))).toBe(true);
});
