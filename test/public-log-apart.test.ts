import { cpSync, readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { openLogReceipt, readCompactHead } from '@munjigi/core/log';
import { openNow, openRoot } from '@munjigi/core/trust';
import { readSettings, SettingError } from '@munjigi/service';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tempFolder } from './support/databases.ts';
import { hashOf } from './support/log-stand.ts';
import { POLICY, STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

describe('the public log with its bodies on two machines', () => {
  let keeper: TestService;
  let others: TestService;

  beforeAll(async () => {
    const [a, b] = [await freePort(), await freePort()];
    const address = (port: number) => `http://127.0.0.1:${port}`;
    const data = { keeper: tempFolder('keeper'), others: tempFolder('others') };
    const open = {
      keeper: () =>
        startTestService({
          data: data.keeper,
          flags: {
            desks: 'authority',
            port: String(a),
            'peer-register': address(b),
            'peer-issuer': address(b),
          },
        }),
      others: () =>
        startTestService({
          data: data.others,
          flags: { desks: 'issuer,register', port: String(b), 'peer-authority': address(a) },
        }),
    };
    [keeper, others] = [await open.keeper(), await open.others()];
    // What an operator carries from each machine to the other: public documents, as files.
    for (const [from, to] of [
      [data.others, data.keeper],
      [data.keeper, data.others],
    ] as const)
      for (const name of readdirSync(join(from, 'public')))
        cpSync(join(from, 'public', name), join(to, 'public', name), { force: false });
    await keeper.service.listen();
    await others.service.listen();
  });
  afterAll(async () => {
    await keeper?.remove();
    await others?.remove();
  });

  it('takes lines from there, is signed under from there, and shows a head only then', async () => {
    const { publicLog } = others.service.desks;
    const log = keeper.service.desks.authority!.log;
    for (let n = 0; n < 4; n++) {
      const line = await publicLog.lines.issuer!.sign('resolved', STORY_SECONDS, {
        case: hashOf(`case ${n}`),
        count: n,
        day: '2022-01-06',
      });
      const taken = await publicLog.port.append(line);
      expect((await openLogReceipt(taken.receipt, line, log.key, crypto)).index).toBe(n);
      // Sent again, as after a lost answer: the same place.
      expect((await publicLog.port.append(line)).index).toBe(n);
    }
    await keeper.service.desks.authority!.refresh();
    const { json } = await keeper.call('GET', '/api/authority/log/head');
    expect(json.size).toBe(4);
    expect(json.cosignatures.map(({ body }: { body: string }) => body)).toEqual(['issuer', 'register']);
    // What is published next carries the head that both have signed.
    await keeper.operate('POST', '/api/authority/notices', { notice: null, status: 'confirmed' });
    const root = await openRoot((await keeper.call('GET', '/api/authority/root')).bytes, crypto);
    const now = await openNow((await keeper.call('GET', '/api/authority/now')).bytes, root, crypto);
    expect(readCompactHead(now.logHead!).size).toBe(4);
    expect(readdirSync(join(keeper.data, 'mirror'))).toContain('log-head.cose');
  });

  it('goes on while the other machine is away, and says so there while the log is away', async () => {
    const { publicLog } = others.service.desks;
    const sign = (n: number) =>
      publicLog.lines.register!.sign('case-approved', STORY_SECONDS, { case: hashOf(`case ${n}`) });
    const kept = await sign(9);
    await others.service.server.close();
    await keeper.service.desks.authority!.log.append(kept);
    await keeper.service.desks.authority!.log.collect();
    const { json } = await keeper.call('GET', '/api/authority/log/head');
    expect([json.size, json.cosignatures]).toEqual([5, []]);
    expect(keeper.log.some((line) => JSON.parse(line).error?.code === 'log.away')).toBe(true);

    await keeper.service.server.close();
    await expect(publicLog.port.append(await sign(10))).rejects.toMatchObject({ code: 'log.away' });
  });

  it('needs addresses that are addresses', () => {
    for (const address of ['authority.example', 'ftp://authority.example', 'https://authority.example/path'])
      expect(() => readSettings({ 'peer-authority': address }, {}, POLICY), address).toThrow(SettingError);
    expect(readSettings({ 'peer-authority': 'https://authority.example/' }, {}, POLICY).peers).toEqual({
      authority: 'https://authority.example/',
    });
  });
});
