import {
  type BatchJson,
  type EntryFlag,
  type EntryResult,
  type Head,
  type HeadJson,
  headFromJson,
} from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { Doors } from './doors.ts';
import { callServer } from './server.ts';

/** What the register tells a gate of itself. */
export interface GateNews {
  readonly state: 'confirmed' | 'unconfirmed' | 'revoked';
  /** Its name, which the owner may have changed. */
  readonly name: string;
  /** Entries after this counter are marked. */
  readonly revokedAfter: number | null;
  /** Why the delegation that it showed does not count. */
  readonly unconfirmed: string | null;
  /** Since when nothing came from the whole venue, where that is a week or longer (milliseconds). */
  readonly quietSinceMs: number | null;
  /** The number that guests can call to be recorded, in groups; null where none works. */
  readonly call?: string | null;
  /** True where sheets of paper lie ready for today. */
  readonly sheets?: boolean;
  /** The number of the venue's poster, which guests can scan to be recorded; null where there is none. */
  readonly poster?: number | null;
  /** The PIN that the owner set for the settings of all devices, as they compare it; bytes as base64url. */
  readonly pin?: VenuePin | null;
  /** The first successor that its key signed, where the register has taken one (base64url). */
  readonly successor?: string | null;
}

export interface VenuePin {
  readonly salt: string;
  readonly hash: string;
  readonly rounds: number;
  readonly setMs: number;
}

/** What the register answers to a delegation, or to a successor. */
export interface Introduced {
  readonly gateNo: number;
  readonly unconfirmed: string | null;
}

/** Where a chain stands at the register, and what it says of the entries just sent. */
export interface RegisterAnswer {
  readonly receipt: Uint8Array | null;
  readonly head: Head;
  /** Counters that the register holds, as ranges. */
  readonly have: readonly (readonly [number, number])[];
  readonly resendFrom: number | null;
  /** What the register says of the gate itself, where it says it. */
  readonly news?: GateNews | null;
  readonly results: readonly {
    readonly n: number;
    readonly result: EntryResult;
    readonly flags: readonly EntryFlag[];
  }[];
}

/**
 * How batches reach the register. Throws `ServerError`. `shown` is a receipt that the gate holds: a register that came back from
 * a backup learns by it that it lost something.
 */
export interface RegisterTransport {
  send(batch: BatchJson, shown?: Uint8Array | null): Promise<RegisterAnswer>;
  state(gate: Uint8Array, venueId: number, shown?: Uint8Array | null): Promise<RegisterAnswer>;
  /** Shows the delegation by which an owner's device let this gate in. */
  introduce?(shown: { readonly delegation: string; readonly proof: string }): Promise<Introduced>;
  /** Tells what the owner said does not work; the bytes as base64url. */
  trouble?(report: {
    readonly gateKey: string;
    readonly signed: string;
  }): Promise<{ readonly counted: boolean }>;
  /** Shows the successor that the key with this thumbprint signed. */
  succeed?(
    old: Uint8Array,
    shown: { readonly successor: string; readonly proof: string },
  ): Promise<Introduced>;
}

interface AnswerJson {
  readonly receipt: string | null;
  readonly head: HeadJson;
  readonly have: readonly (readonly [number, number])[];
  readonly resendFrom: number | null;
  readonly results?: RegisterAnswer['results'];
  readonly gate?: GateNews;
}

const answerOf = (json: AnswerJson): RegisterAnswer => ({
  receipt: json.receipt === null ? null : fromBase64(json.receipt),
  head: headFromJson(json.head),
  have: json.have,
  resendFrom: json.resendFrom,
  results: json.results ?? [],
  news: json.gate ?? null,
});

/**
 * The register over HTTP, at doors that are tried in an order of this gate's own. Everything here may be sent twice: batches,
 * delegations and successors are answered as before. `app` is this app's version.
 */
export function httpRegister(
  addresses: () => readonly string[],
  gate: Uint8Array,
  nowMs: () => number = () => performance.now(),
  app?: string,
): RegisterTransport {
  const doors = new Doors(gate, nowMs);
  const ask = <T>(path: string, body?: unknown): Promise<T> =>
    doors.ask(addresses(), (door) => callServer<T>(`${door}${path}`, body), true);

  return {
    send: async (batch, shown) =>
      answerOf(
        await ask<AnswerJson>('/batches', {
          ...batch,
          ...(shown ? { shown: toBase64url(shown) } : {}),
          ...(app === undefined ? {} : { app }),
        }),
      ),
    introduce: (shown) => ask<Introduced>('/delegations', shown),
    trouble: (report) => ask<{ counted: boolean }>('/troubles', report),
    succeed: (old, shown) => ask<Introduced>(`/gates/${toBase64url(old)}/successor`, shown),
    async state(thumbprint, venueId, shown) {
      const query = new URLSearchParams({
        venue: String(venueId),
        ...(shown ? { shown: toBase64url(shown) } : {}),
      });
      return answerOf(await ask<AnswerJson>(`/gates/${toBase64url(thumbprint)}/head?${query}`));
    },
  };
}
