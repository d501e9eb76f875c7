import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as backup } from '../packages/ops/src/backup/backup.ts';
import { main as restore } from '../packages/ops/src/backup/restore.ts';
import { openTestEmbedded, tempFolder } from './support/databases.ts';
import { RetentionWorld } from './support/retention-world.ts';
import { spoken } from './support/spoken.ts';

describe('embedded data of another major version', { timeout: 600_000 }, () => {
  let world: RetentionWorld;
  beforeAll(async () => {
    world = await RetentionWorld.inFolder();
    await world.live(3);
    await world.stop();
  }, 600_000);
  afterAll(() => world.stop());

  it('is refused untouched, with a sentence that names the two commands', async () => {
    for (const folder of ['pg18', 'pg17']) {
      const desk = tempFolder('major');
      mkdirSync(join(desk, folder));
      writeFileSync(join(desk, folder, 'PG_VERSION'), '17\n');
      const refused = await openTestEmbedded(desk).then(
        () => null,
        (error: Error) => error,
      );
      expect(refused).toMatchObject({ code: 'database.version' });
      expect(refused!.message).toContain('PostgreSQL 17');
      expect(refused!.message).toContain('munjigi backup --desk DESK --to FOLDER');
      expect(refused!.message).toContain('munjigi restore --desk DESK --from FOLDER');
      expect(readdirSync(desk)).toEqual([folder]);
      expect(readFileSync(join(desk, folder, 'PG_VERSION'), 'utf8')).toBe('17\n');
    }
  });

  it('goes over by these two commands: written out here, read into a new folder, every row of it', async () => {
    const to = join(tempFolder('carried'), 'register');
    const at = new Date(world.nowMs()).toISOString();
    const said = await spoken(() =>
      backup(['--desk', 'register', '--data', world.data, '--to', to, '--at', at]),
    );
    expect(said.code).toBe(0);
    const data = tempFolder('new-data');
    const back = await spoken(() =>
      restore(['--desk', 'register', '--data', data, '--from', to, '--at', at]),
    );
    expect([back.code, back.json.restored.rows]).toEqual([0, said.json.backup.rows]);
    const db = await openTestEmbedded(join(data, 'register'));
    const { rows } = await db.query<{ entries: number }>('SELECT count(*) AS entries FROM entry');
    await db.close();
    expect(rows[0]!.entries).toBe(3);
  });
});
