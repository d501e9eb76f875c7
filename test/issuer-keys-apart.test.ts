import { join } from 'node:path';
import { toHex } from '@munjigi/core/encoding';
import { openKeyFolder } from '@munjigi/service/crypto';
import { type Database, migrate } from '@munjigi/service/db';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IssuerKeys } from '../packages/service/src/issuer/keys.ts';
import { tempFolder, testEngines } from './support/databases.ts';
import { korea } from './support/packs.ts';
import { STORY_SECONDS } from './support/service.ts';

const [engine] = testEngines();

describe("an issuer's keys", () => {
  let db: Database;
  let folder: string;
  let databases = 0;

  beforeAll(() => engine!.start());
  afterAll(() => engine!.stop());
  beforeEach(async () => {
    db = await emptyDatabase();
    folder = join(tempFolder('issuer-keys'), `${++databases}`);
  });

  async function emptyDatabase(): Promise<Database> {
    const fresh = await engine!.fresh();
    await migrate(fresh.db, 'issuer', STORY_SECONDS * 1000);
    return fresh.db;
  }
  const node = async (on = db) => new IssuerKeys(on, await openKeyFolder(folder), korea, 'kr-2022');
  const entries = async (keys: IssuerKeys) =>
    new Map((await keys.publicEntries(STORY_SECONDS)).map((one) => [toHex(one.kid), one]));

  it('that two nodes make in one moment never sign for the other use', async () => {
    const [one, other] = [await node(), await node()];
    const [pass, specimen] = await Promise.all([
      one.signingKey('pass', STORY_SECONDS),
      other.signingKey('specimen', STORY_SECONDS),
    ]);
    const listed = await entries(one);
    expect(listed.get(toHex(pass.kid))?.usage).toBe('pass');
    expect(listed.get(toHex(specimen.kid))?.usage).toBe('specimen');
  });

  it('that were withdrawn stay so in a database that was put back, and their number is never given again', async () => {
    const before = await node();
    const lost = await before.signingKey('pass', STORY_SECONDS);
    const kid = lost.kid[0]!;
    await before.withdraw(kid, STORY_SECONDS);
    await db.query('UPDATE issuer_key SET withdrawn = false WHERE kid = $1', [kid]);

    const after = await node();
    expect((await entries(after)).get(toHex(lost.kid))?.withdrawn).toBe(true);
    expect(toHex((await after.signingKey('pass', STORY_SECONDS)).kid)).not.toBe(toHex(lost.kid));

    await db.query('DELETE FROM issuer_key');
    const anew = await node();
    expect(toHex((await anew.signingKey('pass', STORY_SECONDS)).kid)).not.toBe(toHex(lost.kid));
  });
});
