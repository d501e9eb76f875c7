import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chainKid, genesis } from '@munjigi/core/chain';
import { fromBase64, sha256, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes, presentPass } from '@munjigi/core/entry-pass';
import { issueLivePass, issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { compilePolicy } from '@munjigi/core/rules';
import { decompressP256, keyThumbprint, spkiFromPoint } from '@munjigi/core/signing';
import { openTrouble, type TroubleReport } from '@munjigi/core/trouble';
import { type Bundle, mondayOf, type Now, type Root } from '@munjigi/core/trust';
import { signBundle, signClock, signNow, signRoot } from '@munjigi/core/trust/publish';
import { ServerError } from '@munjigi/offline';
import { readPackFolder } from '@munjigi/service/config';
import { build } from 'vite';
import { crypto, testKey } from '../../../packages/core/test/test-keys.ts';
import { answerToJson, TestRegister } from '../../../packages/offline/test/register.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** 6 January 2022, 13:58 in Seoul. */
export const STORY = Date.parse('2022-01-06T13:58:00+09:00') / 1000;
const DAY = 86_400;
const MIDNIGHT = Date.parse('2022-01-13T00:00:00+09:00') / 1000;
const VENUE = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };

/** The engine of the gate built as an app with a page of its own. */
async function buildPage(): Promise<string> {
  const outDir = mkdtempSync(path.join(os.tmpdir(), 'munjigi-gate-page-'));
  await build({
    root: path.join(ROOT, 'test/browser/support/pages/gate'),
    configFile: false,
    logLevel: 'error',
    base: './',
    resolve: { conditions: ['munjigi:source', 'module', 'browser', 'import', 'default'] },
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, target: 'es2022', minify: false },
  });
  return outDir;
}

export type GateStand = Awaited<ReturnType<typeof openGateStand>>;

export interface StandOptions {
  /** A folder of policies/. */
  readonly pack?: string;
  readonly venue?: { readonly name: string; readonly kind: string; readonly region: string };
  readonly foreign?: Bundle['foreign'];
}

/**
 * A gate's whole world on one port: mirror, register, and the page. The documents are signed by a root of its own; the clock of
 * the story runs from 13:58.
 */
export async function openGateStand({
  pack: packName = 'kr-2022',
  venue = VENUE,
  foreign = [],
}: StandOptions = {}) {
  const folder = await buildPage();
  const [rootOne, rootTwo, delegate, issuer, day] = ['root 1', 'root 2', 'delegate', 'issuer', 'day'].map(
    (n) => testKey(`mj1 stand ${n}`),
  );
  const registerKey = testKey('mj1 stand register');
  const register = new TestRegister(registerKey, crypto);
  const pack = readPackFolder(path.join(ROOT, 'policies', packName));
  const policy = compilePolicy(pack);
  const kid = Uint8Array.of(1);
  let sequence = 1;

  const root: Root = {
    version: 1,
    threshold: 2,
    keys: [rootOne!.publicKey, rootTwo!.publicKey],
    delegates: [{ publicKey: delegate!.publicKey, from: STORY - DAY, until: STORY + 60 * DAY }],
    issuedAt: STORY - DAY,
  };
  const canary = await issuePaperPass(
    { handle: new Uint8Array(16), expiresAt: MIDNIGHT, admissionClass: 0, hint: 33 },
    issuer!,
    kid,
  );
  const bundle: Bundle = {
    version: 1,
    rootVersion: 1,
    sequence: 1,
    issuedAt: STORY - 3_600,
    expiresAt: STORY + 30 * DAY,
    issuers: [
      {
        kid,
        issuer: 'stand',
        publicKey: issuer!.publicKey,
        usage: 'pass',
        from: STORY - 90 * DAY,
        until: STORY + 90 * DAY,
        withdrawn: false,
        canary,
      },
    ],
    foreign,
    withdrawn: {},
    dayKeys: [
      { keyId: 6, day: '2022-01-06', spare: false, publicKey: day!.publicKey },
      { keyId: 99, day: mondayOf('2022-01-06'), spare: true, publicKey: day!.publicKey },
    ],
    registerKeys: [{ kid: chainKid(registerKey.publicKey), publicKey: registerKey.publicKey }],
    endpoints: { register: ['/api/register'], mirrors: ['/mirror'] },
    pack: { ...(pack as object), exercise: true },
    logHead: null,
  };
  const bundleBytes = await signBundle(bundle, delegate!);
  const usual = Object.keys(policy.pack.obligations)[0] ?? '';
  const nowOf = (notice: string | null, status: Now['status']): Now => ({
    version: 1,
    sequence: ++sequence,
    issuedAt: STORY - 60,
    validFrom: STORY - 60,
    validUntil: STORY + DAY,
    notice,
    parameters: {},
    status,
    obligation: notice === null ? usual : (policy.pack.notices[notice]?.obligation ?? usual),
    bundle: { rootVersion: 1, sequence: 1, digest: sha256(bundleBytes) },
    logHead: null,
  });
  const clock = (storyMs: number) =>
    signClock({ version: 1, sequence: ++sequence, storyMs, realMs: Date.now(), rate: 1 }, delegate!);
  let storyStart = Date.now();
  const mirror = new Map<string, Uint8Array>([
    ['/mirror/root.cose', await signRoot(root, [rootOne!, rootTwo!])],
    ['/mirror/bundle.cose', bundleBytes],
    ['/mirror/now.cose', await signNow(nowOf(null, 'confirmed'), delegate!)],
    ['/mirror/clock.cose', await clock(STORY * 1000)],
  ]);
  let registerUp = true;
  let gates = 0;
  /** The venue's number as the register tells it; undefined where it tells gates nothing. */
  let call: string | null | undefined;
  /** Whether sheets of paper lie ready, as the register tells it with the number. */
  let sheets = false;
  let poster: number | null = null;

  const troubles: TroubleReport[] = [];
  async function api(method: string, address: URL, body: unknown): Promise<unknown> {
    if (!registerUp) throw new ServerError(503, 'service.full', 1);
    if (address.pathname === '/api/register/gates') {
      const asked = body as { venueId: number; enrolmentCode: string; gateKey: string; proof: string };
      const point = fromBase64(asked.gateKey);
      const full = decompressP256(point.slice(1), point[0] === 3)!;
      const proved = await crypto.verify(
        'ES256',
        spkiFromPoint(full),
        possessionBytes(utf8Encode(asked.enrolmentCode), point),
        fromBase64(asked.proof),
      );
      if (asked.enrolmentCode !== 'OPEN' || !proved)
        throw new ServerError(403, 'register.enrolment-code', null);
      const head = { counter: 0, hash: toBase64url(genesis(keyThumbprint(full), asked.venueId)) };
      return { gateNo: ++gates, venueId: asked.venueId, venue, registerKeys: [], head };
    }
    if (address.pathname === '/api/register/troubles') {
      const { gateKey, signed } = body as { gateKey: string; signed: string };
      const point = fromBase64(gateKey);
      const full = decompressP256(point.slice(1), point[0] === 3)!;
      troubles.push(await openTrouble(fromBase64(signed), full, crypto));
      return { counted: true };
    }
    if (address.pathname === '/api/register/batches' && method === 'POST')
      return answerToJson(await register.send(body as never));
    const found = /^\/api\/register\/gates\/([\w-]{43})\/head$/.exec(address.pathname);
    if (found) {
      const stands = answerToJson(
        await register.state(fromBase64(found[1]!), Number(address.searchParams.get('venue'))),
      );
      const told = { name: '', revokedAfter: null, unconfirmed: null, quietSinceMs: null, pin: null };
      return call === undefined
        ? stands
        : { ...stands, gate: { state: 'confirmed', ...told, successor: null, call, sheets, poster } };
    }
    throw new ServerError(404, 'request.not-found', null);
  }

  const types: Record<string, string> = {
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = createServer(async (request, response) => {
    const address = new URL(request.url ?? '/', 'http://stand');
    try {
      if (address.pathname.startsWith('/api/')) {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : null;
        const answer = JSON.stringify(await api(request.method ?? 'GET', address, body));
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
      } else if (address.pathname.startsWith('/mirror/')) {
        const bytes = mirror.get(address.pathname);
        response.writeHead(bytes ? 200 : 404, { 'content-type': 'application/cose' }).end(bytes);
      } else {
        const name = address.pathname === '/' ? '/index.html' : address.pathname;
        const bytes = await readFile(path.join(folder, path.normalize(name)));
        response
          .writeHead(200, { 'content-type': types[path.extname(name)] ?? 'application/octet-stream' })
          .end(bytes);
      }
    } catch (error) {
      const status = error instanceof ServerError ? error.status : 404;
      response.writeHead(status, {
        'content-type': 'application/json',
        ...(status === 503 ? { 'retry-after': '1' } : {}),
      });
      response.end(
        JSON.stringify({ error: error instanceof ServerError ? error.code : 'request.not-found' }),
      );
    }
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  let holders = 0;

  return {
    origin,
    address: `${origin}/#venue=7&enrol=OPEN`,
    register,
    /** What owners said does not work, each verified under the key that came with it. */
    troubles,
    policy,
    dayPrivateKey: day!.privateKey,
    /** Seconds of the story now. */
    at: () => STORY + (Date.now() - storyStart) / 1000,
    /** Moves the story's clock on by a new signed document. */
    async jump(seconds: number) {
      storyStart -= seconds * 1000;
      mirror.set('/mirror/clock.cose', await clock(STORY * 1000 + Date.now() - storyStart));
    },
    /** The poster that the register says the venue has. */
    setPoster(number: number | null) {
      poster = number;
    },
    setCall(number: string | null | undefined, sheetsReady = false) {
      call = number;
      sheets = sheetsReady;
    },
    setRegister(up: boolean) {
      registerUp = up;
    },
    async publish(notice: string | null, status: Now['status'] = 'confirmed') {
      mirror.set('/mirror/now.cose', await signNow(nowOf(notice, status), delegate!));
    },
    /** A guest with a pass of their own; `show` draws a code now, or so many seconds from now. */
    async guest(
      claims: { readonly until?: number; readonly admissionClass?: number; readonly hint?: number } = {},
    ) {
      const holder = testKey(`mj1 stand holder ${++holders}`);
      const { admissionClass = 1, hint = 33, until } = claims;
      const pass = await issueLivePass(
        {
          holderKey: holder.publicKey,
          expiresAt: MIDNIGHT,
          admissionClass,
          hint,
          ...(until === undefined ? {} : { until }),
        },
        issuer!,
        kid,
      );
      return {
        holder,
        show: (offset = 0, lane: 0 | 1 = 0) =>
          presentPass(pass, holder, Math.floor(STORY + (Date.now() - storyStart) / 1000 + offset), lane),
      };
    },
    paper: (n: number) =>
      issuePaperPass(
        { handle: new Uint8Array(16).fill(n), expiresAt: MIDNIGHT, admissionClass: 1, hint: 44 },
        issuer!,
        kid,
      ),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
