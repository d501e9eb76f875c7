import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fromBase64, sha256, toHex } from '@munjigi/core/encoding';
import { inspect } from '@munjigi/core/gate';
import { compactHead, cosignHead, signHead } from '@munjigi/core/log';
import { type Bundle, openBundle, openNow, openRoot, signerKid } from '@munjigi/core/trust';
import { signBundle, signNow } from '@munjigi/core/trust/publish';
import { BundleStore, httpDocuments, type KeptTrust } from '@munjigi/offline';
import { nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mirror } from '../packages/ops/src/start/mirror.ts';
import { hashOf } from './support/log-stand.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();

describe('a device between the authority’s mirror and the public log', () => {
  let test: TestService;
  let address: string;
  let device: BundleStore;
  let kept: KeptTrust | null = null;
  let cases = 0;
  const forged = new Map<string, Buffer>();
  let server: ReturnType<typeof createServer>;

  const save = async (next: KeptTrust) => {
    kept = next;
  };
  const openDevice = () =>
    new BundleStore({
      keep: { load: async () => kept, save },
      source: httpDocuments(),
      crypto,
      inspect,
      at: () => STORY_SECONDS,
      mirrors: [address],
    });

  beforeAll(async () => {
    test = await startTestService();
    const mirror = new Mirror(join(test.data, 'mirror'));
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://mirror');
      const instead = forged.get(pathname);
      if (instead) return void response.writeHead(200).end(instead);
      mirror.serve(request, response, pathname);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`;
    device = openDevice();
  });
  afterAll(async () => {
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
    await test?.remove();
  });

  const log = async (count: number) => {
    const { publicLog, authority } = test.service.desks;
    for (let n = 0; n < count; n++) {
      const fields = { case: hashOf(`case ${++cases}`) };
      await publicLog.port.append(
        await publicLog.lines.authority!.sign('case-opened', STORY_SECONDS, fields),
      );
    }
    await authority!.refresh();
  };
  /** A notice makes a new `now` at once. */
  const tell = () => test.operate('POST', '/api/authority/notices', { notice: null, status: 'confirmed' });

  it('follows the log through now and mirror, with no new bundle for a new line', async () => {
    await device.refresh();
    expect(device.current?.log).toEqual({ head: null, alarm: null });
    const number = device.current!.bundle.sequence;
    await log(3);
    await tell();
    await device.refresh();
    expect(device.current?.log).toMatchObject({ head: { size: 3, origin: 'munjigi kr-2022' }, alarm: null });
    await log(4);
    await tell();
    await device.refresh();
    expect(device.current?.log.head?.size).toBe(7);
    expect(device.current?.bundle.sequence, 'the pack is not fetched again for a line').toBe(number);

    const restarted = openDevice();
    expect(await restarted.load()).toBe(true);
    expect(restarted.current?.log).toEqual(device.current?.log);
  });

  it('notices that it is shown another story, though every key of every desk has signed it, and goes on working', async () => {
    const secretOf = (desk: string, name: string) =>
      nodeSigner(fromBase64(readFileSync(join(test.data, 'keys', desk, `${name}.key`), 'utf8').trim()));
    const bytesOf = async (name: string) => (await test.call('GET', `/api/authority/${name}`)).bytes;
    const root = await openRoot(await bytesOf('root'), crypto);
    const { bundle } = await openBundle(await bytesOf('bundle'), root, crypto);
    const now = await openNow(await bytesOf('now'), root, crypto);
    const { publicKey } = root.delegates[0]!;
    const delegate = secretOf('authority', `delegate-${toHex(signerKid(publicKey))}`);

    const story = {
      origin: 'munjigi kr-2022',
      size: 7,
      root: hashOf('another story'),
      at: STORY_SECONDS + 600,
    };
    const head = await signHead(story, secretOf('authority', 'log'));
    const cosignatures = await Promise.all(
      ['register', 'issuer'].map((desk) => cosignHead(story, secretOf(desk, 'line'))),
    );
    const lying: Bundle = {
      ...bundle,
      sequence: bundle.sequence + 1,
      logHead: compactHead(story),
      parts: { ...bundle.parts, log: { ...bundle.parts!.log!, head, cosignatures } },
    };
    const bundleBytes = await signBundle(lying, delegate);
    forged.set('/mirror/bundle.cose', Buffer.from(bundleBytes));
    forged.set(
      '/mirror/now.cose',
      Buffer.from(
        await signNow(
          {
            ...now,
            sequence: now.sequence + 1,
            logHead: compactHead(story),
            bundle: { ...now.bundle, sequence: lying.sequence, digest: sha256(bundleBytes) },
          },
          delegate,
        ),
      ),
    );
    const { problem, changed } = await device.refresh();
    expect([problem, changed]).toEqual([null, true]);
    expect(device.current?.log).toMatchObject({ head: { size: 7 }, alarm: 'fork' });
    expect(device.current?.log.head?.root).not.toEqual(story.root);
    expect(device.current?.bundle.sequence).toBe(lying.sequence);

    const restarted = openDevice();
    await restarted.load();
    expect(restarted.current?.log.alarm).toBe('fork');
  });
});
