import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { concatBytes, sha256 } from '@munjigi/core/encoding';
import { notifiedTag, signNotified } from '@munjigi/core/log';
import { compilePolicy } from '@munjigi/core/rules';
import { type Bundle, compileTrust, type Now } from '@munjigi/core/trust';
import { signBundle, signNow, signRoot } from '@munjigi/core/trust/publish';
import { readPackFolder } from '@munjigi/service/config';
import { makePrivateKey, nodeCrypto, nodeSigner, openKeyFolder, random } from '@munjigi/service/crypto';
import { migrate, openEmbedded } from '@munjigi/service/db';
import {
  csvEvidence,
  demonstrationProvider,
  type IssuerOptions,
  openIssuerDesk,
} from '@munjigi/service/issuer';
import { StaticApps } from '../../../packages/ops/src/start/static-apps.ts';
import { rateLimit } from '../../../packages/service/src/api/limits.ts';
import { openLog } from '../../../packages/service/src/api/log.ts';
import { buildServer } from '../../../packages/service/src/api/server.ts';
import type { Desk } from '../../../packages/service/src/lib/desk.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const APP = path.join(ROOT, 'packages', 'wallet', 'dist', 'app');

/** 6 January 2022, 13:58:02 in Seoul. */
export const STORY_MS = Date.parse('2022-01-06T13:58:02+09:00');

const PEOPLE = `id,name,birthDate,tag,issuedAt
haneul,김하늘,1988-03-12,3,
jeongmin,이정민,1979-11-24,2,2021-12-30T10:00:00+09:00
seoyeon,최서연,2005-05-30,16,
minsu,박민수,1990-07-01,2,
`;
const EVIDENCE = `person,kind,date,at,sequence,detail
haneul,dose,2021-12-21,,3,
jeongmin,dose,2021-07-06,,2,
minsu,dose,2021-08-01,,2,
`;

/**
 * The built wallet on a port, with a real issuer desk behind it and a mirror of documents signed by a root of its own. The
 * service's clock stands at the story's instant.
 * @param beside another desk on the same port, and what the bundle says because of it
 */
export async function openWalletStand(
  packName = 'kr-2022',
  given: Partial<IssuerOptions> = {},
  port = 0,
  beside: { readonly desk?: Desk; readonly bundle?: Partial<Bundle> } = {},
) {
  if (!existsSync(path.join(APP, 'index.html'))) throw new Error('The wallet is not built: npm run build.');
  const data = mkdtempSync(path.join(os.tmpdir(), 'munjigi-wallet-'));
  const crypto = nodeCrypto();
  const pack = readPackFolder(path.join(ROOT, 'policies', packName));
  const policy = compilePolicy(pack);
  let serviceMs = STORY_MS;
  const clock = { nowMs: () => serviceMs };
  const db = await openEmbedded({ folder: path.join(data, 'issuer') });
  await migrate(db, 'issuer', STORY_MS);
  const desk = await openIssuerDesk({
    db,
    keys: await openKeyFolder(path.join(data, 'keys')),
    clock,
    crypto,
    policy,
    name: 'stand',
    exercise: true,
    providers: [demonstrationProvider('people.csv', PEOPLE)],
    evidence: csvEvidence('evidence.csv', policy, packName === 'kr-2022' ? EVIDENCE : 'person,kind\n'),
    ...given,
  });
  const api = buildServer({
    log: openLog('silent'),
    operatorToken: 'none-is-used-here',
    accounts: new Map(),
    behindProxy: false,
    enrolments: rateLimit(1000),
    nowMs: clock.nowMs,
    draining: () => false,
  });
  await desk.mount(api);
  await beside.desk?.mount(api);
  await api.ready();

  const rootKeys = [nodeSigner(makePrivateKey()), nodeSigner(makePrivateKey())];
  const delegate = nodeSigner(makePrivateKey());
  const at = Math.floor(STORY_MS / 1000);
  const root = {
    version: 1,
    threshold: 2,
    keys: rootKeys.map((key) => key.publicKey),
    delegates: [{ publicKey: delegate.publicKey, from: at - 86_400, until: at + 80 * 86_400 }],
    issuedAt: at - 86_400,
  };
  const bundle = {
    version: 1 as const,
    rootVersion: 1,
    sequence: 1,
    issuedAt: at - 3_600,
    expiresAt: at + 30 * 86_400,
    issuers: await desk.publicKeys(),
    foreign: [],
    withdrawn: {},
    dayKeys: [],
    registerKeys: [],
    endpoints: { register: [], mirrors: ['/mirror'] },
    pack,
    logHead: null,
    ...beside.bundle,
  };
  const bundleBytes = await signBundle(bundle, delegate);
  let sequence = 0;
  const nowOf = (notice: string | null, validFrom = at - 60): Now => ({
    version: 1,
    sequence: ++sequence,
    issuedAt: at - 60,
    validFrom,
    validUntil: at + 86_400,
    notice,
    parameters: {},
    status: 'confirmed',
    obligation:
      notice === null
        ? (Object.keys(policy.pack.obligations)[0] ?? '')
        : (policy.pack.notices[notice]?.obligation ?? ''),
    bundle: { rootVersion: 1, sequence: 1, digest: sha256(bundleBytes) },
    logHead: null,
  });
  const mirror = new Map<string, Uint8Array>([
    ['/mirror/root.cose', await signRoot(root, rootKeys)],
    ['/mirror/bundle.cose', bundleBytes],
    ['/mirror/now.cose', await signNow(nowOf(null), delegate)],
  ]);

  const apps = new StaticApps([{ address: '/wallet/', folder: APP }]);
  const asked: string[] = [];
  let isNextVersion = false;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://stand');
    asked.push(`${request.method} ${pathname}`);
    if (pathname.startsWith('/api/'))
      return void (api as unknown as { routing(a: unknown, b: unknown): void }).routing(request, response);
    if (isNextVersion && pathname === '/wallet/sw.js') {
      response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-cache' });
      response.end(`${readFileSync(path.join(APP, 'sw.js'), 'utf8')}\n// the next version\n`);
      return;
    }
    if (pathname.startsWith('/mirror/')) {
      const bytes = mirror.get(pathname);
      response.writeHead(bytes ? 200 : 404, { 'content-type': 'application/cose' }).end(bytes);
      return;
    }
    void apps.serve(request, response, pathname);
  });
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    crypto,
    policy,
    trust: compileTrust(bundle),
    /** Every request that reached the server, oldest first. */
    asked,
    /**
     * Begins the count of requests anew, and lets nothing into it that was sent before: a call that is still on its way is
     * behind no later one, so once a request of our own is answered, what is open is closed and counted no more.
     */
    async countFromHere() {
      await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/none`);
      server.closeAllConnections();
      asked.length = 0;
    },
    /** From now on a newer version of the app is served. */
    serveNextVersion() {
      isNextVersion = true;
    },
    /** Puts the service's clock to an instant. */
    setClock(ms: number) {
      serviceMs = ms;
    },
    /** Publishes a notice of the pack, or the usual state. */
    async publish(notice: string | null, validFrom?: number) {
      mirror.set('/mirror/now.cose', await signNow(nowOf(notice, validFrom), delegate));
    },
    /** What the mirror serves at a path, and how to put something else there. */
    mirrored: (pathname: string) => mirror.get(pathname),
    mirror: (pathname: string, bytes: Uint8Array) => void mirror.set(pathname, bytes),
    /** Publishes the file of a day on which the passes with these notice secrets were looked up. */
    async publishLookups(day: string, notices: readonly Uint8Array[]) {
      const tags = [
        ...notices.map(notifiedTag),
        ...Array.from({ length: 64 - notices.length }, () => random(8)),
      ];
      const file = { day, count: notices.length, tags: concatBytes(...tags) };
      mirror.set(`/mirror/notified/${day}.cose`, await signNotified(file, delegate));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await api.close();
      await desk.close();
      await db.close();
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
