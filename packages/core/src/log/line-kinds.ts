/** What a field of a line may hold. Nothing in a line is free text, a place or a person. */
export type FieldType = 'hash' | 'count' | 'day' | 'body' | 'role';

/** Every field a line can have, each with one type wherever it stands. */
export const LINE_FIELDS = {
  /** Hash of the signed case. */
  case: 'hash',
  approval: 'hash',
  release: 'hash',
  opening: 'hash',
  resolution: 'hash',
  /** Root over boxes (release) or handles (opened). */
  root: 'hash',
  digest: 'hash',
  /** SHA-256 of a public key or of a passkey's credential id. */
  key: 'hash',
  credential: 'hash',
  by: 'hash',
  revocation: 'hash',
  count: 'count',
  /** Entries without a valid presence proof, set apart. */
  apart: 'count',
  cap: 'count',
  entries: 'count',
  cases: 'count',
  resolved: 'count',
  keys: 'count',
  rows: 'count',
  version: 'count',
  day: 'day',
  until: 'day',
  body: 'body',
  role: 'role',
} as const satisfies Record<string, FieldType>;

export type LineField = keyof typeof LINE_FIELDS;

/** The desks; an issuer among several is named `issuer-` and a word. */
export type BodyKind = 'issuer' | 'register' | 'authority';

interface KindRow {
  /** Which bodies may write it. */
  readonly by: readonly BodyKind[];
  readonly needs: readonly LineField[];
  readonly may: readonly LineField[];
}

const ANY: readonly BodyKind[] = ['issuer', 'register', 'authority'];

/** The kinds of line: who may write each, which fields it must and may have. */
export const LINE_KINDS = {
  'case-opened': { by: ['authority'], needs: ['case'], may: ['approval', 'cap', 'credential'] },
  'case-approved': { by: ['register'], needs: ['case'], may: ['approval', 'credential'] },
  release: { by: ['register'], needs: ['case', 'release', 'count', 'root'], may: ['cap'] },
  opened: {
    by: ['authority'],
    needs: ['release', 'root', 'count'],
    may: ['case', 'opening', 'apart'],
  },
  resolved: {
    by: ['issuer'],
    needs: ['case', 'count', 'day'],
    may: ['release', 'opening', 'resolution'],
  },
  'case-closed': { by: ['authority'], needs: ['case'], may: ['count'] },
  'key-destroyed': { by: ANY, needs: ['day'], may: ['key', 'keys', 'count', 'rows', 'until'] },
  recovery: { by: ANY, needs: ['day'], may: ['key', 'keys', 'credential', 'by', 'until'] },
  sunset: { by: ANY, needs: ['day'], may: ['keys', 'count', 'rows', 'credential', 'by', 'until'] },
  'officer-added': { by: ANY, needs: ['credential', 'role'], may: ['body', 'by', 'key', 'until'] },
  'officer-ended': { by: ANY, needs: ['credential'], may: ['role', 'body', 'by', 'until'] },
  'gate-revoked': { by: ['register'], needs: ['revocation'], may: ['count'] },
  counts: {
    by: ANY,
    needs: ['day'],
    may: ['entries', 'cases', 'resolved', 'keys', 'rows', 'count'],
  },
  root: { by: ['authority'], needs: ['version', 'digest'], may: ['count'] },
} as const satisfies Record<string, KindRow>;

export type LineKind = keyof typeof LINE_KINDS;

export const rowOf = (kind: LineKind): KindRow => LINE_KINDS[kind];
