import { type Static, type TSchema, Type } from 'typebox';
import { Resolved, ResolveRequest } from './cases.ts';
import type { Operation } from './operation.ts';
import { Bytes, exact, LocalDate, Milliseconds, Seconds } from './shapes.ts';

/**
 * What desks on several machines say to each other. Each message and each answer is a COSE_Sign1 by the line key of the
 * body that sends it (docs/protocol/message.cddl); what it says is JSON of the schemas below.
 */

/** Bytes of released entries in one answer: 10,000 entries are three of them. */
export const PIECE_BYTES = 1024 * 1024;
/** Largest message, and largest answer (people behind the handles of one case), in bytes. */
export const LARGEST_MESSAGE = 4 * 1024 * 1024;
export const LARGEST_ANSWER = 24 * 1024 * 1024;

export type DeskWord = 'issuer' | 'register' | 'authority';

const CaseId = Bytes(16, 16, 'Case id');
const Logged = Type.Object(
  { line: Bytes(1, 1024, 'Line of the public log'), receipt: Bytes(1, 4096, 'Receipt of the line') },
  exact,
);
const Point = Bytes(65, 65, 'P-256 point');
const Nothing = Type.Object({}, exact);

const IssuerKey = Type.Object(
  {
    kid: Bytes(1, 2, 'Key id'),
    issuer: Type.String({ minLength: 1, maxLength: 64 }),
    publicKey: Point,
    usage: Type.Enum(['pass', 'specimen']),
    from: Seconds,
    until: Seconds,
    withdrawn: Type.Boolean(),
    canary: Type.String({ maxLength: 4096 }),
  },
  exact,
);
const RegisterKey = Type.Object({ kid: Bytes(1, 16, 'Key id'), publicKey: Point }, exact);
const Officer = Type.Object(
  {
    credentialId: Bytes(1, 1023, 'Credential id'),
    publicKey: Point,
    from: Type.Integer(),
    until: Type.Union([Type.Integer(), Type.Null()]),
  },
  exact,
);

const message = <const F extends DeskWord, const T extends DeskWord, C extends TSchema, A extends TSchema>(
  from: readonly F[],
  to: T,
  content: C,
  answer: A,
) => ({ from, to, content, answer });

/** Every message: which body may send it, to which desk, what it says, and what is answered. Each may be sent again. */
export const MESSAGES = {
  /** A case that an officer of the authority has signed. */
  'case-opened': message(
    ['authority'],
    'register',
    Type.Object(
      { case: Bytes(1, 8192, 'The case'), opener: Bytes(1, 8192, 'Its approval'), logged: Logged },
      exact,
    ),
    Nothing,
  ),
  /** What the register let go, a piece of the entries at a time; null while nobody there has approved. */
  'case-released': message(
    ['authority'],
    'register',
    Type.Object(
      { id: CaseId, at: Type.Integer({ minimum: 0, description: 'Where the piece begins' }) },
      exact,
    ),
    Type.Union([
      Type.Object(
        {
          approver: Bytes(1, 8192, 'Approval'),
          approved: Logged,
          release: Bytes(1, 16_384, 'Release'),
          logged: Logged,
          size: Type.Integer({ minimum: 0, description: 'Bytes of all entries together' }),
          piece: Bytes(0, PIECE_BYTES, 'Released entries, from the place that was asked for'),
        },
        exact,
      ),
      Type.Null(),
    ]),
  ),
  'case-ended': message(['authority'], 'register', Type.Object({ id: CaseId }, exact), Nothing),
  resolve: message(['authority'], 'issuer', ResolveRequest, Resolved),
  /** Tags of passes that were resolved, for the public file of that day. */
  notice: message(
    ['issuer'],
    'authority',
    Type.Object({ day: LocalDate, tags: Type.Array(Bytes(8, 8, 'Tag'), { maxItems: 100_000 }) }, exact),
    Nothing,
  ),
  /** What a body makes public: its keys and its officers, whole. The newest by `at` stands; answered is which one that is. */
  'handed-over': message(
    ['issuer', 'register'],
    'authority',
    Type.Object(
      {
        at: Milliseconds,
        issuerKeys: Type.Array(IssuerKey, { maxItems: 1000 }),
        registerKeys: Type.Array(RegisterKey, { maxItems: 1000 }),
        officers: Type.Array(Officer, { maxItems: 1000 }),
      },
      exact,
    ),
    Type.Object({ at: Milliseconds }, exact),
  ),
  /** The roots after a version, in order: a desk walks from the one that it pinned to the one in force. */
  roots: message(
    ['issuer', 'register'],
    'authority',
    Type.Object({ after: Type.Integer({ minimum: 0 }) }, exact),
    Type.Object({ roots: Type.Array(Bytes(1, 16_384, 'Root document'), { maxItems: 100 }) }, exact),
  ),
} as const;

export type MessageWord = keyof typeof MESSAGES;
export type MessageContent<W extends MessageWord> = Static<(typeof MESSAGES)[W]['content']>;
export type MessageAnswer<W extends MessageWord> = Static<(typeof MESSAGES)[W]['answer']>;

const toDesk = <const D extends DeskWord, const N extends string>(desk: D, operationId: N) =>
  ({
    operationId,
    method: 'POST',
    url: `/api/${desk}/messages`,
    summary: `A message of another body to the ${desk} desk, signed by its line key, and the signed answer`,
    body: Type.Object({ message: Bytes(1, LARGEST_MESSAGE, 'Message, COSE_Sign1') }, exact),
    answer: Type.Object({ answer: Bytes(1, LARGEST_ANSWER, 'Answer, COSE_Sign1') }, exact),
    bodyLimit: 6 * 1024 * 1024,
  }) as const satisfies Operation;

export const deskMessageOperations = {
  messageIssuer: toDesk('issuer', 'messageIssuer'),
  messageRegister: toDesk('register', 'messageRegister'),
  messageAuthority: toDesk('authority', 'messageAuthority'),
} as const satisfies Record<string, Operation>;
