import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main as munjigi } from '../packages/ops/src/main.ts';
import { openTestEmbedded, tempFolder } from './support/databases.ts';
import { enrol, newVenue, openRegister, STORY_MS } from './support/register.ts';

const AT = '2022-01-06T13:58:00+09:00';

/** Runs a command in this process; what it printed, line by line. */
async function run(...args: string[]): Promise<{ code: number; out: unknown[]; err: string }> {
  const said = { out: '', err: '' };
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said.out += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += text;
    return true;
  });
  try {
    const code = await munjigi(args);
    const lines = said.out.split('\n').filter((line) => line.startsWith('{'));
    return { code, out: lines.map((line) => JSON.parse(line)), err: said.err };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('munjigi backup, restore and register verify', () => {
  afterEach(() => vi.restoreAllMocks());

  it('keep, move and prove a register, and say in one sentence what they refuse', async () => {
    const data = tempFolder('commands');
    const keys = join(data, 'keys', 'register');
    const db = await openTestEmbedded(join(data, 'register'));
    const first = await openRegister(db, { keys });
    const gate = (await enrol(first.desk, await newVenue(first.desk))).append(12, STORY_MS / 1000);
    await first.desk.ingest(await gate.batch());

    // While the service has the folder open, nothing else may.
    const busy = await run(
      'backup',
      '--desk',
      'register',
      '--to',
      join(data, 'b0'),
      '--data',
      data,
      '--at',
      AT,
    );
    expect([busy.code, busy.out]).toEqual([1, []]);
    expect(busy.err).toMatch(/munjigi backup: .*in use/i);
    await first.desk.close();
    await db.close();

    const to = join(data, 'b1');
    const backup = await run('backup', '--desk', 'register', '--to', to, '--data', data, '--at', AT);
    expect([backup.code, backup.err]).toEqual([0, '']);
    expect(backup.out).toEqual([
      { backup: expect.objectContaining({ desk: 'register', folder: to, safeMarks: 1 }) },
    ]);

    const elsewhere = tempFolder('commands');
    const restore = ['restore', '--desk', 'register', '--from', to, '--data', elsewhere, '--at', AT];
    expect(await run(...restore)).toMatchObject({
      code: 0,
      out: [{ restored: { desk: 'register', leftDays: [] } }],
    });
    expect(await run(...restore)).toMatchObject({ code: 1, err: expect.stringMatching(/not empty/) });

    const verify = ['register', 'verify', '--data', elsewhere, '--at', AT];
    expect((await run(...verify)).out).toEqual([
      { register: { stretches: 1, verified: 12, gone: 0, unproved: 0, boxes: 0, problems: 0 } },
    ]);
    const again = await openTestEmbedded(join(elsewhere, 'register'));
    await again.query('UPDATE entry SET entered_at = entered_at + $1::interval WHERE counter = 5', [
      '1 second',
    ]);
    await again.close();
    const found = await run(...verify, '--venue', String(gate.venueId), '--gate', '1');
    expect(found.code).toBe(1);
    expect(found.out[0]).toMatchObject({ stretch: { problems: [{ kind: 'changed', from: 1, to: 12 }] } });

    for (const wrong of [
      ['backup', '--desk', 'kitchen', '--to', to],
      ['backup', '--desk', 'register'],
      ['restore', '--from', to],
      ['register'],
      ['register', 'verify', '--gate', '1'],
      ['register', 'verify', '--venue', '1; DROP'],
      ['register', 'verify', '--at', 'yesterday'],
      ['backup', '--nonsense'],
    ])
      expect([wrong.join(' '), (await run(...wrong, '--data', elsewhere)).code]).toEqual([
        wrong.join(' '),
        2,
      ]);
    expect(existsSync(join(data, 'b0', 'manifest.json'))).toBe(false);
  });
});
