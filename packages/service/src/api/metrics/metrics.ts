import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { WORK_CLASSES, type WorkClass, workOf } from '../../contracts/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import type { Admission, Refusal } from '../admission/index.ts';
import { FIRST } from '../admission/index.ts';

/** What is read when somebody asks, not counted as it happens. */
export interface Gauged {
  readonly admission: Pick<Admission, 'stateOf'>;
  readonly databases: () => ReadonlyMap<DeskName, boolean>;
  readonly leaving: () => boolean;
  /** Seconds; null where this server publishes none. */
  readonly issuedAt: (document: 'bundle' | 'now') => number | null;
  readonly logSize: () => Promise<number | null>;
}

const BUCKETS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * What this server tells Prometheus. Labels are classes, desks, codes of ours and statuses: never a venue, a gate, a person, a handle
 * or an address.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly #requests: Counter;
  readonly #seconds: Histogram;
  readonly #refused: Counter;
  readonly #entries: Counter;

  constructor(gauged: Gauged) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      name: 'munjigi_requests_total',
      help: 'Requests answered, by desk, class of work and status.',
      labelNames: ['desk', 'class', 'status'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'munjigi_request_seconds',
      help: 'From request to answer, waiting included.',
      labelNames: ['class'],
      buckets: BUCKETS,
      registers,
    });
    this.#refused = new Counter({
      name: 'munjigi_refused_total',
      help: 'Requests turned away because there was no room, by class of work and why.',
      labelNames: ['class', 'why'],
      registers,
    });
    this.#entries = new Counter({
      name: 'munjigi_ingest_entries_total',
      help: 'Entries taken in, by what became of them.',
      labelNames: ['result'],
      registers,
    });
    for (const work of WORK_CLASSES) this.#seconds.zero({ class: work });
    this.#gauges(gauged);
  }

  /** A request was answered. */
  answered(operation: string | undefined, status: number, ms: number): void {
    const work: WorkClass = operation === undefined ? 'console' : workOf(operation);
    this.#requests.inc({ desk: deskOfWork(work), class: work, status: String(status) });
    this.#seconds.observe({ class: work }, ms / 1000);
  }

  refused(work: WorkClass, why: Refusal): void {
    this.#refused.inc({ class: work, why });
  }

  /** Entries of a batch, by result. */
  took(results: readonly { readonly result: string }[]): void {
    for (const { result } of results) this.#entries.inc({ result });
  }

  #gauges({ admission, databases, leaving, issuedAt, logSize }: Gauged): void {
    const registers = [this.registry];
    for (const what of ['limit', 'running', 'waiting'] as const)
      new Gauge({
        name: `munjigi_admission_${what}`,
        help: `Requests of a class: ${what}.`,
        labelNames: ['class'],
        registers,
        collect() {
          for (const work of FIRST) this.set({ class: work }, admission.stateOf(work)[what]);
        },
      });
    new Gauge({
      name: 'munjigi_database_up',
      help: '1 where the database of a desk answers this server.',
      labelNames: ['desk'],
      registers,
      collect() {
        for (const [desk, up] of databases()) this.set({ desk }, up ? 1 : 0);
      },
    });
    new Gauge({
      name: 'munjigi_draining',
      help: '1 while this server leaves.',
      registers,
      collect() {
        this.set(leaving() ? 1 : 0);
      },
    });
    for (const document of ['bundle', 'now'] as const)
      new Gauge({
        name: `munjigi_${document}_issued_timestamp_seconds`,
        help: `When the newest ${document} was signed.`,
        registers,
        collect() {
          const at = issuedAt(document);
          if (at !== null) this.set(at);
        },
      });
    new Gauge({
      name: 'munjigi_log_size',
      help: 'Lines of the public log under its newest head.',
      registers,
      async collect() {
        const size = await logSize().catch(() => null);
        if (size !== null) this.set(size);
      },
    });
  }
}

const DESK_OF: Readonly<Record<WorkClass, string>> = {
  health: 'health',
  upload: 'register',
  statistics: 'register',
  issue: 'issuer',
  documents: 'authority',
  trace: 'authority',
  console: 'console',
};
const deskOfWork = (work: WorkClass): string => DESK_OF[work];
