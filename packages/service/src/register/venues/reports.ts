import type { Batch } from '@munjigi/core/chain';
import { keyThumbprint } from '@munjigi/core/signing';
import type { Database } from '../../db/index.ts';

interface Report {
  readonly venueId: number;
  readonly gateKey: Uint8Array;
  readonly sequence: number;
  readonly digest: Uint8Array;
  readonly pending: number;
  readonly app: string | null;
  readonly atMs: number;
}

const FLUSH_MS = 5_000;
/** More than this waiting at once is a flood: what comes then is reported with the next upload. */
const MOST = 20_000;
const REMEMBERED = 100_000;
/** The same report is written again after this: the list shows when a gate was heard of. */
const AGAIN_MS = 600_000;

const isNews = (now: Report, before: Report | undefined): boolean =>
  before === undefined ||
  now.sequence !== before.sequence ||
  now.pending !== before.pending ||
  now.app !== before.app ||
  Buffer.compare(now.digest, before.digest) !== 0 ||
  Math.abs(now.atMs - before.atMs) >= AGAIN_MS;

/**
 * What gates say of themselves with each upload: bundle in use, what waits behind, version of the app. It is for the operators'
 * list and off the way of the entries: noted in memory, written together every few seconds, lost by a crash without harm.
 */
export class GateReports {
  readonly #noted = new Map<string, Report>();
  /** What was written last, so that a gate that says the same again costs nothing. */
  readonly #told = new Map<string, Report>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly db: Database) {}

  note(batch: Batch, app: string | null, atMs: number): void {
    const key = `${batch.venueId} ${Buffer.from(batch.gateKey).toString('latin1')}`;
    if (!this.#noted.has(key) && this.#noted.size >= MOST) return;
    const report: Report = {
      venueId: batch.venueId,
      gateKey: batch.gateKey,
      sequence: batch.bundle.sequence,
      digest: batch.bundle.digest,
      pending: batch.pending,
      app,
      atMs,
    };
    if (isNews(report, this.#noted.get(key) ?? this.#told.get(key))) this.#noted.set(key, report);
    if (this.#noted.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.flush().catch(() => {});
    }, FLUSH_MS).unref();
  }

  /** Writes what is noted; what could not be written is dropped, since the next upload says it again. */
  flush(): Promise<void> {
    const reports = [...this.#noted.values()];
    if (this.#told.size + reports.length > REMEMBERED) this.#told.clear();
    for (const [key, report] of this.#noted) this.#told.set(key, report);
    this.#noted.clear();
    if (reports.length > 0) this.#writing = this.#writing.catch(() => {}).then(() => this.#write(reports));
    return this.#writing;
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    await this.flush().catch(() => {});
  }

  async #write(reports: readonly Report[]): Promise<void> {
    const of = <K extends keyof Report>(name: K) => reports.map((report) => report[name]);
    await this.db.query(
      `INSERT INTO gate_report (venue_id, thumbprint, bundle_sequence, bundle_digest, pending, app, reported_at)
       SELECT * FROM unnest($1::int8[], $2::bytea[], $3::int8[], $4::bytea[], $5::int8[], $6::text[], $7::timestamptz[])
       ON CONFLICT (venue_id, thumbprint) DO UPDATE SET bundle_sequence = EXCLUDED.bundle_sequence,
         bundle_digest = EXCLUDED.bundle_digest, pending = EXCLUDED.pending, app = EXCLUDED.app,
         reported_at = EXCLUDED.reported_at WHERE gate_report.reported_at <= EXCLUDED.reported_at`,
      [
        of('venueId'),
        reports.map(({ gateKey }) => keyThumbprint(gateKey)),
        of('sequence'),
        of('digest'),
        of('pending'),
        of('app'),
        reports.map(({ atMs }) => new Date(atMs)),
      ],
    );
  }
}
