/**
 * `npm run bench -- trace`: a lawful trace of 10,000 entries, from the second officer's signature to the call list.
 *
 * Everything is the product: passes that the issuer gave out, presence proofs by their holders' keys, boxes sealed at their
 * places, two passkeys, the register's layer, the public log with its witnesses, the issuer's own checks. The three desks
 * and their embedded databases share one process. Bare is what no trace can do without, by the fastest native way that we
 * know: the HPKE opens of the same boxes with the same key, imported once; native work is those and as many verifications of
 * the visitors' proofs. All are measured in one run; a ratio is bare over ours.
 */
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { decodeReleased, type ReleasedEntry } from '@munjigi/core/case';
import { fromBase64 } from '@munjigi/core/encoding';
import { sealAad } from '@munjigi/core/sealed';
import { compressPoint } from '@munjigi/core/signing';
import {
  makePrivateKey,
  nodeBoxOpener,
  nodeCrypto,
  nodeSigner,
  openKeyFolder,
} from '@munjigi/service/crypto';

const ENTRIES = Number(process.env.MUNJIGI_BENCH_ENTRIES ?? 10_000);
const PER_VISITOR = 60;
const say = (text: string) => process.stderr.write(`${text}\n`);

interface Answer {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the bench then looks at
  readonly json: any;
}
interface Officer {
  call(method: 'GET' | 'POST', url: string, body?: unknown): Promise<Answer>;
}
interface Visitor {
  shows(pass: number, drawnAt: number): Promise<unknown>;
}
// The parts of the tests' stand that are used here; it is TypeScript, so Vite reads it for us.
interface Stand {
  readonly test: {
    readonly data: string;
    // biome-ignore lint/suspicious/noExplicitAny: the service itself, by its own types
    readonly service: any;
    remove(): Promise<void>;
  };
  nowSeconds(): number;
  officer(body: 'authority' | 'register'): Promise<Officer>;
  visitor(person: string, passes: number): Promise<Visitor>;
  venue(): Promise<{ readonly venueId: number; readonly enrolmentCode: string }>;
  gate(venue: object): Promise<unknown>;
  guests(gate: unknown, guests: readonly object[]): Promise<void>;
}
interface StandModule {
  startCaseStand(options: object): Promise<Stand>;
  openedCase(
    stand: Stand,
    opener: Officer,
    venueId: number,
    change: object,
  ): Promise<{ readonly id: string }>;
  approve(approver: Officer, id: string): Promise<Answer>;
}

async function standModule(): Promise<StandModule> {
  const { runnerImport } = await import('vite');
  const file = fileURLToPath(new URL('../../test/support/case-stand.ts', import.meta.url));
  return (await runnerImport<StandModule>(file, { logLevel: 'error' })).module;
}

const seconds = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
  const from = performance.now();
  const value = await work();
  return [value, (performance.now() - from) / 1000];
};

/** Opens the boxes and nothing else, by the platform's native primitives, with keys imported once. */
async function bareOpens(entries: readonly ReleasedEntry[], data: string): Promise<number> {
  const days = await openKeyFolder(`${data}/keys/authority/days`);
  const info = new TextEncoder().encode('MJ1 subject');
  const opens = new Map<number, ReturnType<typeof nodeBoxOpener>>();
  for (const id of new Set(entries.map(({ dayKeyId }) => dayKeyId)))
    opens.set(id, nodeBoxOpener((await days.find(`day-${id}`))!));
  const aads = entries.map((entry) => {
    const day = new Date((entry.enteredAt + 9 * 3600) * 1000).toISOString().slice(0, 10);
    return sealAad({ ...entry, day, kind: 'entry' });
  });
  const [, took] = await seconds(async () => {
    for (const [i, { box, dayKeyId }] of entries.entries()) opens.get(dayKeyId)!(box, info, aads[i]!);
  });
  return took;
}

const PROOFS = Array.from({ length: 100 }, () => {
  const signer = nodeSigner(makePrivateKey());
  const signed = new Uint8Array(randomBytes(70));
  return { key: compressPoint(signer.publicKey), signed, signature: signer.sign(signed) as Uint8Array };
});

/** Verifies as many proofs as there are entries, each under a key that is imported from 33 bytes for it, and nothing else. */
async function bareVerifications(count: number): Promise<number> {
  const crypto = nodeCrypto();
  const [, took] = await seconds(async () => {
    for (let i = 0; i < count; i++) {
      const { key, signed, signature } = PROOFS[i % PROOFS.length]!;
      const point = crypto.decompress(key.subarray(1), key[0] === 3)!;
      if (!crypto.verifyOnce!(point, signed, signature)) throw new Error('The baseline does not verify.');
    }
  });
  return took;
}

const { startCaseStand, openedCase, approve } = await standModule();
const stand = await startCaseStand({ flags: { log: 'silent' } });
const { service, data } = stand.test;
const opener = await stand.officer('authority');
const approver = await stand.officer('register');
const venue = await stand.venue();
const gate = await stand.gate(venue);
const begins = stand.nowSeconds() - 4 * 3600;

say(`bench trace: ${ENTRIES} visitors get their passes, show them and are written down …`);
const [, prepared] = await seconds(async () => {
  for (let from = 0; from < ENTRIES; from += PER_VISITOR) {
    const visitor = await stand.visitor('haneul', Math.min(PER_VISITOR, ENTRIES - from));
    const guests: object[] = [];
    for (let i = 0; i < PER_VISITOR && from + i < ENTRIES; i++) {
      const at = begins + Math.floor(((from + i) * 3 * 3600) / ENTRIES);
      guests.push({ subject: await visitor.shows(i, at - 5), at });
    }
    await stand.guests(gate, guests);
  }
});
say(`bench trace: made ready in ${prepared.toFixed(0)} s`);

const { id } = await openedCase(stand, opener, venue.venueId, { cap: ENTRIES });
const issuer = service.desks.issuer.cases;
let resolving = 0;
issuer.resolve = async (question: unknown) => {
  const [answer, took] = await seconds(() => Object.getPrototypeOf(issuer).resolve.call(issuer, question));
  resolving = took;
  return answer;
};
const ok = ({ status, text }: Answer) => {
  if (status !== 200) throw new Error(text);
};
const [approved, releasing] = await seconds(() => approve(approver, id));
ok(approved);
const released = await service.desks.register.cases.released(fromBase64(id));
const entries = decodeReleased(released.entries);
await bareOpens(entries.slice(0, 500), data);
await bareVerifications(500);
// Half of the bare opens before, half after, so that a busy machine weighs on both sides.
const half = Math.floor(entries.length / 2);
const before = await bareOpens(entries.slice(0, half), data);
const provedBefore = await bareVerifications(half);
const [opened, opening] = await seconds(() => opener.call('POST', `/api/authority/cases/${id}/open`));
ok(opened);
const [list, listing] = await seconds(() => opener.call('GET', `/api/authority/cases/${id}/list`));
ok(list);
const resolved = list.json.rows.filter(({ state }: { state: string }) => state === 'resolved').length;
if (resolved !== ENTRIES) throw new Error(`${resolved} of ${ENTRIES} entries were resolved.`);

const bare = before + (await bareOpens(entries.slice(half), data));
const proved = provedBefore + (await bareVerifications(entries.length - half));
await stand.test.remove();

const short = (value: number) => Math.round(value * 1000) / 1000;
const total = releasing + opening + listing;
const figures = {
  entries: ENTRIES,
  seconds: short(total),
  secondsToApproveAndRelease: short(releasing),
  secondsToOpenAndCheck: short(opening - resolving),
  secondsToResolve: short(resolving),
  secondsToList: short(listing),
  secondsOfBareOpens: short(bare),
  secondsOfBareVerifications: short(proved),
  bareOpensPerSecond: Math.round(ENTRIES / bare),
};
const ratios = {
  bareOpensToTrace: short(bare / total),
  bareOpensToOpening: short(bare / (opening - resolving)),
  nativeWorkToOpening: short((bare + proved) / (opening - resolving)),
};
const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, ${process.platform} ${process.arch}`;
process.stdout.write(
  `${JSON.stringify({ name: 'trace', machine, node: process.version, figures, ratios })}\n`,
);
