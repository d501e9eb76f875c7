import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openBundle, openRoot } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../packages/ops/src/main.ts';
import { tempFolder } from './support/databases.ts';
import { STORY_BEGINS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();
const DAY_MS = 86_400_000;

/** Runs a command in this process: its exit code, what it said on stdout (JSON by line) and on stderr. */
async function run(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(String(text)) > 0);
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => err.push(String(text)) > 0);
  try {
    const code = await main(['bundle', ...args]);
    return { code, out: out.join(''), err: err.join('') };
  } finally {
    stdout.mockRestore();
    stderr.mockRestore();
  }
}

describe('the root by ceremony', () => {
  const open: TestService[] = [];
  afterEach(async () => {
    for (const test of open.splice(0)) await test.remove();
  });
  const start = async (options: Parameters<typeof startTestService>[0] = {}) => {
    const test = await startTestService({
      ...options,
      flags: { desks: 'issuer,authority', ...options.flags },
    });
    open.push(test);
    const { port } = await test.service.listen();
    return { test, address: `http://127.0.0.1:${port}`, mirror: join(test.data, 'mirror') };
  };

  /** A folder for each keeper, as if each were a machine of its own, and one table on which files are handed on. */
  const keepers = async (...names: readonly string[]) => {
    const table = tempFolder('ceremony');
    const folder = (name: string) => join(table, `machine-${name}`);
    const file = (name: string) => join(table, `${name}.json`);
    for (const name of names)
      expect((await run('ceremony', 'keys', '--share', folder(name), '--out', file(name))).code).toBe(0);
    return { folder, file, table };
  };
  const at = ['--at', STORY_BEGINS];

  it('starts a service that never held a share: nothing before, everything after two of three signed', async () => {
    const { test, address, mirror } = await start({ flags: { 'root-by-ceremony': true } });
    expect((await test.call('GET', '/api/authority/root')).status).toBe(404);
    expect(
      readdirSync(join(test.data, 'keys', 'authority')).filter((name) => name.startsWith('root-')),
    ).toEqual([]);

    const { folder, file } = await keepers('one', 'two', 'three');
    expect((await run('ceremony', 'keys', '--data', test.data, '--out', file('delegates'))).code).toBe(0);
    const shares = ['one', 'two', 'three'].map(file).join(',');
    const proposed = await run(
      'ceremony',
      'propose',
      ...at,
      '--shares',
      shares,
      '--delegates',
      file('delegates'),
      '--out',
      file('p'),
    );
    expect(proposed.code).toBe(0);
    const publish = () => run('ceremony', 'publish', file('p'), '--data', test.data, '--address', address);
    expect((await publish()).code, 'nobody signed').toBe(1);
    expect((await run('ceremony', 'sign', file('p'), '--share', folder('one'))).code).toBe(0);
    expect(await publish(), 'a stolen share alone').toMatchObject({
      code: 1,
      err: expect.stringContaining('1 signatures'),
    });
    await run('ceremony', 'sign', file('p'), '--share', folder('one'));
    expect((await publish()).code, 'one share that signs twice').toBe(1);
    const second = await run('ceremony', 'sign', file('p'), '--share', folder('three'));
    expect(second.err).toContain('it can be published');
    expect(JSON.parse(second.out).digest, 'every keeper sees what was proposed').toBe(
      JSON.parse(proposed.out).digest,
    );
    expect((await publish()).code).toBe(0);

    const root = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);
    const { bundle } = await openBundle(
      (await test.call('GET', '/api/authority/bundle')).bytes,
      root,
      crypto,
    );
    expect([root.version, root.keys.length, bundle.rootVersion]).toEqual([1, 3, 1]);
    expect((await run('verify', '--mirror', mirror, ...at)).code).toBe(0);
    expect(JSON.parse((await run('show', '--mirror', mirror)).out).now.namesThisBundle).toBe(true);
    const digest = JSON.parse(proposed.out).digest as string;
    expect((await run('verify', '--mirror', mirror, ...at, '--root-digest', digest)).code).toBe(0);
    expect((await run('verify', '--mirror', mirror, ...at, '--root-digest', '0'.repeat(64))).code).toBe(1);
    expect((await publish()).code, 'a second time').toBe(1);
  });

  it('takes the shares away from the machine that made them first, and devices walk the chain', async () => {
    const { test, address, mirror } = await start();
    const embedded = join(test.data, 'keys', 'authority');
    expect(existsSync(join(embedded, 'root-1.key'))).toBe(true);
    const first = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);

    const { folder, file } = await keepers('a', 'b', 'c', 'd');
    await run('ceremony', 'keys', '--data', test.data, '--out', file('delegates'));
    const propose = (previous: string, ...shares: readonly string[]) =>
      run(
        'ceremony',
        'propose',
        ...at,
        '--previous',
        previous,
        '--shares',
        shares.map(file).join(','),
        '--delegates',
        file('delegates'),
        '--out',
        file('p'),
      );
    const sign = (...who: readonly string[]) => run('ceremony', 'sign', file('p'), ...who);
    const publish = () => run('ceremony', 'publish', file('p'), '--data', test.data, '--address', address);

    await propose(join(mirror, 'root.cose'), 'a', 'b', 'c');
    await sign('--share', folder('a'));
    await sign('--share', folder('b'));
    expect((await publish()).code, 'the new threshold only').toBe(1);
    await sign('--share', embedded, '--key', 'root-1');
    await sign('--share', embedded, '--key', 'root-3');
    expect((await sign('--share', folder('d'))).code, 'a share that is in neither').toBe(1);
    expect((await publish()).code).toBe(0);
    expect(readdirSync(embedded).filter((name) => /^root-\d/.test(name))).toEqual([]);

    // The share c is lost: the two others put d in its place.
    await run('ceremony', 'keys', '--data', test.data, '--out', file('delegates'));
    await propose(join(mirror, 'root.cose'), 'a', 'b', 'd');
    await sign('--share', folder('b'));
    await sign('--share', folder('a'));
    expect((await publish()).code).toBe(0);
    const newest = readFileSync(join(mirror, 'root-3.cose'));
    await expect(
      openRoot(newest, crypto, { root: first }),
      'no way leads there at once',
    ).rejects.toMatchObject({ code: 'trust.root' });
    const between = await openRoot(readFileSync(join(mirror, 'root-2.cose')), crypto, { root: first });
    expect((await openRoot(newest, crypto, { root: between })).version).toBe(3);
    expect((await run('verify', '--mirror', mirror, ...at)).code).toBe(0);
    writeFileSync(join(mirror, 'root-2.cose'), readFileSync(join(mirror, 'root-1.cose')));
    expect((await run('verify', '--mirror', mirror, ...at)).code, 'a chain with a forged link').toBe(1);
  });

  it('runs on delegates alone, tells two weeks ahead that they end, and serves what it has after', async () => {
    let realMs = Date.parse(STORY_BEGINS);
    const { test, address } = await start({ flags: { 'root-by-ceremony': true }, machine: () => realMs });
    const { folder, file } = await keepers('a', 'b', 'c');
    await run('ceremony', 'keys', '--data', test.data, '--out', file('delegates'));
    const shares = ['a', 'b', 'c'].map(file).join(',');
    await run(
      'ceremony',
      'propose',
      ...at,
      '--shares',
      shares,
      '--delegates',
      file('delegates'),
      '--out',
      file('p'),
    );
    for (const name of ['a', 'c']) await run('ceremony', 'sign', file('p'), '--share', folder(name));
    expect(
      (await run('ceremony', 'publish', file('p'), '--data', test.data, '--address', address)).code,
    ).toBe(0);
    const { authority } = test.service.desks;
    const warnings = () => test.log.filter((line) => line.includes('hold a ceremony')).length;

    realMs += 70 * DAY_MS;
    await authority!.refresh();
    expect(warnings()).toBe(0);
    realMs += 7 * DAY_MS;
    await authority!.refresh();
    await authority!.refresh();
    expect(warnings(), 'once a day').toBe(1);
    realMs += 20 * DAY_MS;
    await expect(authority!.refresh()).rejects.toMatchObject({ code: 'authority.delegates-ended' });
    expect((await test.call('GET', '/api/authority/bundle')).status).toBe(200);
    expect(readdirSync(join(test.data, 'keys', 'authority')).filter((name) => /^root-\d/.test(name))).toEqual(
      [],
    );
  });

  it('refuses a proposal that was changed on its way, and wrong use', async () => {
    const { folder, file } = await keepers('a', 'b', 'c');
    const data = tempFolder('ceremony-data');
    await run('ceremony', 'keys', '--data', data, '--out', file('delegates'));
    const shares = ['a', 'b', 'c'].map(file).join(',');
    const propose = (...more: readonly string[]) =>
      run(
        'ceremony',
        'propose',
        ...at,
        '--shares',
        shares,
        '--delegates',
        file('delegates'),
        '--out',
        file('p'),
        ...more,
      );
    expect((await propose('--threshold', '1')).code).toBe(2);
    expect((await propose('--days', '91')).code).toBe(2);
    await propose();
    await run('ceremony', 'sign', file('p'), '--share', folder('a'));
    const signed = JSON.parse(readFileSync(file('p'), 'utf8')) as { root: string };
    await propose('--days', '30');
    const other = JSON.parse(readFileSync(file('p'), 'utf8')) as { root: string };
    writeFileSync(file('p'), JSON.stringify({ ...signed, root: other.root }));
    expect((await run('ceremony', 'sign', file('p'), '--share', folder('b'))).code).toBe(2);
    expect((await run('ceremony', 'sign')).code).toBe(2);
    expect((await run('ceremony', 'nothing')).code).toBe(2);
    expect((await run('verify', '--mirror', data)).code).toBe(2);
  });
});
