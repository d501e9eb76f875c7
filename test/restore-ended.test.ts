import { join } from 'node:path';
import { exportDatabase, importDatabase, migrate } from '@munjigi/service/db';
import { afterAll, describe, expect, it } from 'vitest';
import { Accounts } from '../packages/service/src/lib/accounts/index.ts';
import { OPERATOR } from '../packages/service/src/lib/who.ts';
import { originOf } from './support/accounts.ts';
import { startCaseStand } from './support/case-stand.ts';
import { tempFolder, testEngines } from './support/databases.ts';
import { STORY_SECONDS } from './support/service.ts';

const [engine] = testEngines();
afterAll(() => engine!.stop());

describe('a database that was put back', () => {
  it('signs nobody in by an old session, and lets nobody in by a code that may have been used since', async () => {
    await engine!.start();
    const folder = join(tempFolder('put-back'), 'backup');
    const at = STORY_SECONDS * 1000;
    const open = async () => {
      const { db } = await engine!.fresh();
      await migrate(db, 'issuer', at);
      const clock = { nowMs: () => at };
      const origins = [originOf('issuer')];
      return { db, accounts: new Accounts({ db, body: 'issuer', origins, clock, realMs: clock.nowMs }) };
    };
    const before = await open();
    const { code, accountId } = await before.accounts.invite({ name: 'one', roles: ['operator'] }, OPERATOR);
    const { token } = await before.accounts.begin(accountId);
    await before.accounts.enrolOptions({ code });
    await exportDatabase(before.db, folder, 'issuer', at);

    const after = await open();
    await importDatabase(after.db, folder, 'issuer');
    expect((await after.accounts.find(accountId)).name).toBe('one');
    expect(await after.accounts.signedIn(token)).toBeNull();
    await expect(after.accounts.enrolOptions({ code })).rejects.toMatchObject({
      code: 'accounts.invite-unknown',
    });
  });

  it('has no officer again who left, and no gate again that was revoked: the public log knows them', async () => {
    const stand = await startCaseStand();
    const [staying, leaving] = [await stand.officer('register'), await stand.officer('register')];
    const venue = await stand.venue();
    const gate = await stand.gate(venue);
    await stand.guests(gate, [{ subject: null, at: stand.nowSeconds() - 60 }]);
    await stand.test.service.accounts.get('register')!.end(leaving.accountId, OPERATOR);
    await stand.test.service.desks.register!.venues.revokeGate(OPERATOR, venue.venueId, 1, null);

    // As it stood in a backup that was taken before.
    const db = stand.test.databases.get('register')!;
    await db.query('UPDATE account SET ended_ms = NULL');
    await db.query('UPDATE passkey SET ended_ms = NULL, told_end = false');
    await db.query('UPDATE gate SET revoked_after = NULL, revoked_at = NULL');
    await db.query('DELETE FROM revocation');
    await stand.test.stop();
    const again = await startCaseStand({ data: stand.test.data });
    try {
      const officers = await again.test.service.accounts.get('register')!.officerKeys();
      const inForce = officers.filter(({ until }) => until === null).map(({ accountId }) => accountId);
      expect(inForce).toEqual([staying.accountId]);
      const { devices } = await again.test.service.desks.register!.venues.venue(OPERATOR, venue.venueId);
      expect(devices.map(({ state }) => state)).toEqual(['revoked']);
    } finally {
      await again.test.remove();
    }
  });
});
