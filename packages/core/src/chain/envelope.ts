import { fromBase64, toBase64url } from '../encoding/index.ts';
import { isMunjigiError, MunjigiError } from '../errors.ts';
import { compressPoint, decompressP256 } from '../signing/index.ts';
import { MAX_BATCH_ENTRIES } from './batch.ts';
import { type Batch, CHECK_CODES, type Entry, type Head, KIND_CODES, RECORD_CODES } from './types.ts';

/** A head as JSON: the hash as unpadded base64url. */
export interface HeadJson {
  readonly counter: number;
  readonly hash: string;
}

/** An entry as JSON; its counter is its place in the batch. Bytes as unpadded base64url. */
export interface EntryJson {
  readonly enteredAt: number;
  readonly check: Entry['check'];
  readonly record: Entry['record'];
  readonly kind: Entry['kind'];
  readonly dayKeyId: number;
  readonly subject: string;
  readonly anchor: string;
  readonly clockUnknown: boolean;
}

/** A batch as it travels over HTTP and in files (docs/protocol/batch.cddl). */
export interface BatchJson {
  readonly venueId: number;
  /** 33-byte compressed point. */
  readonly gateKey: string;
  readonly previous: HeadJson;
  readonly head: HeadJson;
  readonly bundle: { readonly sequence: number; readonly digest: string };
  readonly pending: number;
  readonly signed: string;
  readonly entries: readonly EntryJson[];
}

/** Largest subject that is read at all; what may be kept is decided entry by entry (`entryProblem`). */
const MAX_SUBJECT_BYTES = 512;
const MAX_COUNTER = 0xffffffff;
/** End of the year 9999: past it no calendar of ours reaches. */
const MAX_SECONDS = 253_402_300_799;

export const headToJson = (head: Head): HeadJson => ({ counter: head.counter, hash: toBase64url(head.hash) });

/** The JSON envelope of a batch. */
export function batchToJson(batch: Batch): BatchJson {
  return {
    venueId: batch.venueId,
    gateKey: toBase64url(compressPoint(batch.gateKey)),
    previous: headToJson(batch.previous),
    head: headToJson(batch.head),
    bundle: { sequence: batch.bundle.sequence, digest: toBase64url(batch.bundle.digest) },
    pending: batch.pending,
    signed: toBase64url(batch.signed),
    entries: batch.entries.map((entry) => ({
      enteredAt: entry.enteredAt,
      check: entry.check,
      record: entry.record,
      kind: entry.kind,
      dayKeyId: entry.dayKeyId,
      subject: toBase64url(entry.subject),
      anchor: toBase64url(entry.anchor),
      clockUnknown: entry.clockUnknown,
    })),
  };
}

type Fields = Readonly<Record<string, unknown>>;
const wrong = (what: string) =>
  new MunjigiError('chain.structure', `A batch is not as docs/protocol/batch.cddl describes it: ${what}.`);

function fields(value: unknown, what: string, names: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what);
  const keys = Object.keys(value);
  if (keys.length !== names.length || names.some((name) => !Object.hasOwn(value, name)))
    throw wrong(`${what} has the fields ${names.join(', ')}`);
  return value as Fields;
}

function uint(value: unknown, what: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max)
    throw wrong(what);
  return value;
}

function bytes(value: unknown, what: string, min: number, max = min): Uint8Array {
  if (typeof value !== 'string' || value.length > Math.ceil((max * 4) / 3) || !/^[\w-]*$/.test(value))
    throw wrong(what);
  try {
    const out = fromBase64(value);
    if (out.length < min) throw wrong(what);
    return out;
  } catch (error) {
    throw isMunjigiError(error) ? wrong(what) : error;
  }
}

function word<T extends string>(value: unknown, what: string, codes: Readonly<Record<T, number>>): T {
  if (typeof value !== 'string' || !Object.hasOwn(codes, value)) throw wrong(what);
  return value as T;
}

/** A head from JSON. Throws `chain.structure`. */
export function headFromJson(value: unknown, what = 'a head'): Head {
  const head = fields(value, what, ['counter', 'hash']);
  return {
    counter: uint(head.counter, `${what}: counter`, MAX_COUNTER),
    hash: bytes(head.hash, `${what}: hash`, 32),
  };
}

const ENTRY_FIELDS = [
  'enteredAt',
  'check',
  'record',
  'kind',
  'dayKeyId',
  'subject',
  'anchor',
  'clockUnknown',
];
const BATCH_FIELDS = ['venueId', 'gateKey', 'previous', 'head', 'bundle', 'pending', 'signed', 'entries'];

function entryFromJson(value: unknown, venueId: number, counter: number): Entry {
  const e = fields(value, 'an entry', ENTRY_FIELDS);
  if (typeof e.clockUnknown !== 'boolean') throw wrong('clockUnknown is true or false');
  return {
    venueId,
    counter,
    enteredAt: uint(e.enteredAt, 'enteredAt is whole seconds', MAX_SECONDS),
    check: word(e.check, 'check', CHECK_CODES),
    record: word(e.record, 'record', RECORD_CODES),
    kind: word(e.kind, 'kind', KIND_CODES),
    dayKeyId: uint(e.dayKeyId, 'dayKeyId', MAX_COUNTER),
    subject: bytes(e.subject, 'subject', 0, MAX_SUBJECT_BYTES),
    anchor: bytes(e.anchor, 'anchor', 32),
    clockUnknown: e.clockUnknown,
  };
}

/**
 * A batch from its JSON envelope: every field there, none besides, within bounds. The key is on the curve; signature and
 * links are not checked here. Throws `chain.structure`.
 */
export function batchFromJson(json: unknown): Batch {
  const b = fields(json, 'a batch', BATCH_FIELDS);
  const venueId = uint(b.venueId, 'venueId');
  const previous = headFromJson(b.previous, 'previous');
  const list = b.entries;
  if (!Array.isArray(list) || list.length === 0 || list.length > MAX_BATCH_ENTRIES)
    throw wrong(`1 to ${MAX_BATCH_ENTRIES} entries`);
  const head = headFromJson(b.head, 'head');
  if (head.counter !== previous.counter + list.length)
    throw wrong('head.counter is previous.counter and the number of entries');
  const bundle = fields(b.bundle, 'bundle', ['sequence', 'digest']);
  const key = bytes(b.gateKey, 'gateKey', 33);
  const gateKey = key[0] === 2 || key[0] === 3 ? decompressP256(key.slice(1), key[0] === 3) : null;
  if (gateKey === null) throw wrong('gateKey is a compressed P-256 point');
  return {
    venueId,
    gateKey,
    previous,
    entries: list.map((entry, i) => entryFromJson(entry, venueId, previous.counter + 1 + i)),
    head,
    bundle: {
      sequence: uint(bundle.sequence, 'bundle.sequence'),
      digest: bytes(bundle.digest, 'bundle.digest', 32),
    },
    pending: uint(b.pending, 'pending', MAX_COUNTER),
    signed: bytes(b.signed, 'signed', 1, 1024),
  };
}
