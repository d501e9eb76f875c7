import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../packages/ops/src/accounts/main.ts';
import { runCommand } from './support/command.ts';
import { tempFolder } from './support/databases.ts';
import { startTestService, type TestService } from './support/service.ts';

const run = (...args: string[]) => runCommand(main, ...args);

describe('munjigi accounts', () => {
  let test: TestService;
  let service: string;
  beforeAll(async () => {
    test = await startTestService();
    const { port } = await test.service.listen();
    service = `http://127.0.0.1:${port}`;
  });
  afterAll(() => test.remove());

  const done = async (...args: string[]) => {
    const { code, out, err } = await run(...args);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  };
  /** The life of an account, by whichever door. */
  async function life(body: string, door: string[], seen: (code: string) => Promise<void>): Promise<void> {
    const at = ['--body', body, ...door];
    const made = await done('add', ...at, '--name', 'first', '--role', 'officer');
    expect(made).toMatchObject({ needsApproval: false });
    await seen(made.code);
    const again = await done('invite', ...at, '--account', made.accountId);
    expect(again.code).not.toBe(made.code);
    const { accounts, invites } = await done('list', ...at, '--role', 'officer');
    expect(accounts).toMatchObject([
      { accountId: made.accountId, name: 'first', roles: ['officer'], passkeys: [] },
    ]);
    expect(invites).toMatchObject([{ inviteId: again.inviteId, approved: false }]);
    expect(await done('end', ...at, '--account', made.accountId)).toEqual({ ended: made.accountId });
    expect((await done('list', ...at)).accounts).toEqual([]);
    const gone = await run('end', ...at, '--account', made.accountId);
    expect([gone.code, gone.out]).toEqual([1, '']);
    expect(gone.err).toContain('There is no such account, or it has ended.');
  }

  it('makes, lists and ends accounts through a service that runs, and the code lets somebody enrol', () =>
    life('authority', ['--service', service, '--data', test.data], async (code) => {
      const asked = await test.call('POST', '/api/authority/session/enrol-options', { code });
      expect(asked.status).toBe(200);
    }));

  it('does the same on the data folder, while nobody uses it', async () => {
    const other = await startTestService({ flags: { desks: 'issuer' } });
    const used = await run('list', '--body', 'issuer', '--data', other.data);
    expect([used.code, used.out]).toEqual([1, '']);
    expect(used.err).toContain('--service');
    await other.stop();
    await life('issuer', ['--data', other.data], async () => {});
    await other.remove();
  });

  it('says what is wrong, and makes no data folder by the way', async () => {
    const empty = tempFolder('none');
    const nobody = await run('list', '--body', 'issuer', '--data', empty);
    expect([nobody.code, nobody.err.includes('name the data folder with --data')]).toEqual([1, true]);
    const unknown = await run('list', '--body', 'issuer', '--data', empty, '--service', service);
    expect([unknown.code, unknown.err.includes('operator token')]).toEqual([1, true]);
    for (const wrong of [
      [],
      ['list'],
      ['list', '--body', 'cellar'],
      ['grow', '--body', 'issuer'],
      ['add', '--body', 'issuer', '--role', 'officer'],
      ['add', '--body', 'issuer', '--name', 'x'],
      ['add', '--body', 'issuer', '--name', 'x', '--role', 'king'],
      ['add', '--body', 'register', '--name', 'x', '--role', 'owner', '--venue', 'cafe'],
      ['end', '--body', 'issuer'],
      ['end', '--body', 'issuer', '--account', 'a', '--passkey', 'b'],
      ['list', '--body', 'issuer', '--password', 'x'],
    ]) {
      const { code, out, err } = await run(...wrong);
      expect([code, out], wrong.join(' ')).toEqual([2, '']);
      expect(err).toContain('munjigi accounts COMMAND');
    }
    const help = await run('--help');
    expect([help.code, help.err, help.out.includes('--service URL')]).toEqual([0, '', true]);
    const roles = await run(
      'add',
      '--body',
      'issuer',
      '--name',
      'x',
      '--role',
      'owner',
      '--data',
      test.data,
      '--service',
      service,
    );
    expect([roles.code, roles.out]).toEqual([1, '']);
  });
});
