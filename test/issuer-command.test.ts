import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { main } from '../packages/ops/src/main.ts';
import { openTestEmbedded, tempFolder } from './support/databases.ts';
import { POLICY, STORY_BEGINS, startTestService } from './support/service.ts';

/** Runs a command in this process: its exit code and what it said. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  try {
    const code = await main(['issue', ...args]);
    const lines = out.join('').split('\n').filter(Boolean);
    return { code, lines: code === 2 ? [] : lines.map((line) => JSON.parse(line)), err: err.join('') };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe('munjigi issue', () => {
  it('imports a file while the service is stopped, and the service then judges by it', async () => {
    const data = tempFolder('command');
    // A cluster from the pristine copy: making one takes seconds.
    await (await openTestEmbedded(join(data, 'issuer'))).close();
    const file = join(data, 'new.csv');
    writeFileSync(
      file,
      'person,kind,date,at,sequence,detail\nminho,dose,2021-12-20,,3,double\nminho,dose,nonsense,,3,\n',
    );
    const where = ['--data', data, '--story', STORY_BEGINS] as const;
    const dry = await run('import', file, ...where, '--dry-run');
    expect(dry).toMatchObject({
      code: 1,
      lines: [
        { line: 2, outcome: 'accepted' },
        { line: 3, outcome: 'wrong', field: 'date' },
        { dryRun: true },
      ],
    });
    expect((await run('import', file, ...where)).lines.at(-1)).toMatchObject({
      format: 'csv',
      sums: { accepted: 1, wrong: 1 },
    });
    expect((await run('import', file, ...where)).lines.at(-1)).toMatchObject({
      sums: { unchanged: 1, wrong: 1 },
    });
    expect(JSON.stringify(dry.lines) + dry.err, 'no person stands in the report').not.toContain('minho');

    const test = await startTestService({ data, flags: { desks: 'issuer', 'imported-evidence-only': true } });
    const enrol = async (person: string) =>
      (
        await test.call('POST', '/api/issuer/enrolments', {
          provider: 'demonstration',
          assertion: { person },
        })
      ).json;
    expect((await enrol('minho')).certificates).toMatchObject([
      { certificate: 'booster', standing: 'valid' },
    ]);
    expect((await enrol('haneul')).certificates, 'the demonstration was left out').toEqual([]);
    expect(test.log.join('\n')).not.toContain('minho');
    await test.remove();
  });

  it('asks a service that runs to withdraw a key', async () => {
    const test = await startTestService({ flags: { desks: 'issuer' } });
    const { port } = await test.service.listen();
    const withdraw = (...more: readonly string[]) =>
      run('withdraw-key', '--data', test.data, '--address', `http://127.0.0.1:${port}`, ...more);
    const done = await withdraw('--kid', '2');
    expect(done).toMatchObject({ code: 0, lines: [{ withdrawn: 2, signsNow: 3 }] });
    const handed = JSON.parse(readFileSync(join(test.data, 'public', 'issuer.json'), 'utf8')) as {
      withdrawn: boolean;
    }[];
    expect(
      handed.filter(({ withdrawn }) => withdrawn),
      'what is carried to the authority says so',
    ).toHaveLength(1);
    expect((await withdraw('--kid', '77')).code).toBe(1);
    expect((await withdraw('--kid', 'two')).code).toBe(2);
    await test.remove();
  });

  it.each([
    [],
    ['import'],
    ['import', 'a', 'b'],
    ['import', 'not-there.csv'],
    ['import', join(POLICY, 'demonstration', 'people.csv'), '--format', 'xml'],
    ['withdraw-key', '--nonsense'],
  ])('calls wrong use wrong: %j', async (...args) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(/^munjigi issue: /);
  });
});
