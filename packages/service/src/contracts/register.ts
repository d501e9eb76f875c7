import { type Static, Type } from 'typebox';
import type { Operation } from './operation.ts';
import {
  Bytes,
  CompressedKey,
  exact,
  Hash,
  Milliseconds,
  Name,
  Seconds,
  Signature,
  VenueId,
  Word,
} from './shapes.ts';
import { GateNews } from './venues.ts';

const Head = Type.Object({ counter: Type.Integer({ minimum: 0, maximum: 0xffffffff }), hash: Hash }, exact);
const CheckWord = Type.Enum(['scan', 'eye', 'verbal', 'not-required', 'not-made']);
const RecordWord = Type.Enum(['scan', 'poster', 'call', 'paper', 'typed', 'none']);

const Venue = Type.Object({ name: Name, kind: Word, region: Word }, exact);

const RegisterKey = Type.Object(
  { kid: Bytes(1, 16, 'Key id'), publicKey: Bytes(65, 65, 'P-256 point') },
  exact,
);

/** An entry as it travels: see docs/protocol/batch.cddl. Dates are judged one by one, not here. */
const Entry = Type.Object(
  {
    enteredAt: Seconds,
    check: CheckWord,
    record: RecordWord,
    kind: Type.Enum(['entry', 'void']),
    dayKeyId: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
    subject: Bytes(0, 512, 'Sealed subject; of a void, the counter that it cancels'),
    anchor: Hash,
    clockUnknown: Type.Boolean(),
  },
  exact,
);

export const Batch = Type.Object(
  {
    venueId: VenueId,
    gateKey: CompressedKey,
    previous: Head,
    head: Head,
    bundle: Type.Object({ sequence: Type.Integer({ minimum: 0 }), digest: Hash }, exact),
    pending: Type.Integer({ minimum: 0, maximum: 0xffffffff }),
    signed: Bytes(1, 1024, 'COSE_Sign1 by the gate key over the fields without the entries'),
    entries: Type.Array(Entry, { minItems: 1, maxItems: 500 }),
  },
  exact,
);

/** A receipt of the register's own, which a gate shows for entries that the register seems to have lost. */
const Shown = Type.Optional(
  Bytes(1, 1024, 'A receipt that the gate holds for entries the register seems to miss'),
);

const Have = Type.Array(Type.Array(Type.Integer({ minimum: 1 }), { minItems: 2, maxItems: 2 }), {
  description: 'Counters that the register holds, as ranges from and to',
});

/** Version of the gate's app, for the operators' list. Older gates do not say it. */
const App = Type.Optional(Type.String({ pattern: '^[0-9A-Za-z.+-]{1,40}$' }));

/** Where a gate's chain stands at the register. */
export const GateState = Type.Object(
  {
    head: Head,
    have: Have,
    resendFrom: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
      description: 'Counter from which the gate is asked to send again, or null',
    }),
    receipt: Type.Union([Bytes(1, 1024, 'Signed receipt, COSE_Sign1'), Type.Null()]),
  },
  exact,
);

export const BatchAnswer = Type.Object(
  {
    ...GateState.properties,
    results: Type.Array(
      Type.Object(
        {
          n: Type.Integer({ minimum: 1, description: 'Counter of the entry' }),
          result: Type.Enum(['stored', 'already-stored', 'fork', 'expired', 'malformed', 'foreign']),
          flags: Type.Array(
            Type.Enum([
              'fork',
              'gap',
              'before-anchor',
              'future',
              'clock',
              'unconfirmed-gate',
              'revoked-gate',
            ]),
          ),
        },
        exact,
      ),
    ),
  },
  exact,
);

export const RegisterRow = Type.Object(
  {
    at: Seconds,
    check: CheckWord,
    record: RecordWord,
    kind: Type.Enum(['entry', 'void']),
    gateNo: Type.Integer({ minimum: 1 }),
    counter: Type.Integer({ minimum: 1 }),
    box: Type.String({
      pattern: '^[0-9a-f]*$',
      maxLength: 16,
      description: 'First bytes of the sealed box, hexadecimal',
    }),
    receivedAtMs: Milliseconds,
    confirmed: Type.Boolean(),
  },
  exact,
);

export const registerOperations = {
  addVenue: {
    operationId: 'addVenue',
    method: 'POST',
    url: '/api/register/venues',
    summary: 'Enrol a venue; answers with the code that enrols its gates',
    body: Type.Object(
      {
        ...Venue.properties,
        owner: Type.Optional(
          Type.String({
            pattern: '^[A-Za-z0-9_-]{22}$',
            description: 'Account of an owner, who may act for it from now on',
          }),
        ),
        specimen: Type.Optional(
          Type.Boolean({ description: "A canary's venue: nothing that it sends is counted" }),
        ),
      },
      exact,
    ),
    answer: Type.Object({ venueId: VenueId, enrolmentCode: Type.String({ maxLength: 64 }) }, exact),
  },
  addGate: {
    operationId: 'addGate',
    method: 'POST',
    url: '/api/register/gates',
    summary: "Enrol a gate's key at a venue, with proof of possession over the enrolment code",
    body: Type.Object(
      {
        venueId: VenueId,
        enrolmentCode: Type.String({ minLength: 1, maxLength: 64 }),
        gateKey: CompressedKey,
        name: Name,
        proof: Signature,
      },
      exact,
    ),
    answer: Type.Object(
      {
        gateNo: Type.Integer({ minimum: 1 }),
        role: Type.Enum(['gate', 'owner']),
        venueId: VenueId,
        venue: Venue,
        registerKeys: Type.Array(RegisterKey),
        head: Head,
      },
      exact,
    ),
  },
  sendBatch: {
    operationId: 'sendBatch',
    method: 'POST',
    url: '/api/register/batches',
    summary: 'Send entries of a gate: a result for each, and a receipt over the head',
    body: Type.Object({ ...Batch.properties, shown: Shown, app: App }, exact),
    bodyLimit: 4 * 1024 * 1024,
    answer: BatchAnswer,
  },
  gateHead: {
    operationId: 'gateHead',
    method: 'GET',
    url: '/api/register/gates/:thumbprint/head',
    summary: "Where a gate's chain stands at the register",
    params: Type.Object({ thumbprint: Hash }, exact),
    querystring: Type.Object({ venue: VenueId, shown: Shown }, exact),
    answer: Type.Object({ ...GateState.properties, gate: Type.Optional(GateNews) }, exact),
  },
  listRows: {
    operationId: 'listRows',
    method: 'GET',
    url: '/api/register/rows',
    summary: "A venue's newest entries as the register sees them: it cannot tell whose they are",
    querystring: Type.Object(
      {
        venue: VenueId,
        after: Type.Optional(Milliseconds),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      },
      exact,
    ),
    answer: Type.Object({ rows: Type.Array(RegisterRow), total: Type.Integer({ minimum: 0 }) }, exact),
  },
} as const satisfies Record<string, Operation>;

export type BatchBody = Static<typeof Batch>;
export type BatchAnswerBody = Static<typeof BatchAnswer>;
export type GateStateBody = Static<typeof GateState>;
export type RegisterRowBody = Static<typeof RegisterRow>;
