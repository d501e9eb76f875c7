import { join } from 'node:path';
import { openKeyFolder, random } from '@munjigi/service/crypto';
import { DayStore } from '@munjigi/service/keys';
import { voiceOf } from '@munjigi/service/retention';
import { expect, it } from 'vitest';
import { type DeskToEnd, runRetention } from '../packages/service/src/api/retention/run.ts';
import type { DeskName } from '../packages/service/src/lib/desk.ts';
import { tempFolder } from './support/databases.ts';
import { korea } from './support/packs.ts';

const OLD = '2022-01-06';

it('keys end at every desk on their day, though the databases of all desks are away', async () => {
  const away = async () => {
    throw new Error('the database is away');
  };
  const stores: DayStore[] = [];
  const deskOf = async (name: DeskName): Promise<DeskToEnd> => {
    const keys = await openKeyFolder(join(tempFolder('away'), name));
    const days = new DayStore(await keys.folder('days'));
    await days.key(`layer-${OLD}`, OLD, () => random(32));
    stores.push(days);
    const db = { query: away, tx: away, apart: away } as never;
    return { name, db, keys, lines: await voiceOf(name, keys) };
  };
  const desks = [await deskOf('issuer'), await deskOf('register'), await deskOf('authority')];
  const at = korea.calendar.startOf('2022-02-10');
  const run = runRetention({ desks, policy: korea, log: null, at, dropDays: away, endSessions: away });
  await expect(run).rejects.toThrow('away');
  for (const days of stores) expect(await days.find(`layer-${OLD}`)).toBeNull();
});
