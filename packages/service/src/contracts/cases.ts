import { type Static, Type } from 'typebox';
import type { Operation } from './operation.ts';
import { Bytes, exact, Hash, Milliseconds, Seconds, VenueId } from './shapes.ts';

const CaseId = Bytes(16, 16, 'Case id');
const ById = Type.Object({ id: CaseId }, exact);
const Text = (most: number, description: string) =>
  Type.String({ minLength: 1, maxLength: most, description });
const Count = Type.Integer({ minimum: 0 });

/** What an officer's browser gives back: see docs/protocol/case.cddl. */
const Assertion = Type.Object(
  {
    credentialId: Bytes(1, 1023, 'Credential id'),
    authenticatorData: Bytes(37, 1024, 'Authenticator data, as the authenticator wrote it'),
    clientDataJSON: Bytes(2, 2048, 'Client data, as the browser wrote it'),
    signature: Bytes(8, 72, 'ECDSA signature in DER'),
  },
  exact,
);

/** Everything a console needs to show a case and to ask for the passkey. */
const ToSign = Type.Object(
  {
    id: CaseId,
    case: Bytes(1, 8192, 'The exact bytes that are signed, docs/protocol/case.cddl'),
    hash: Hash,
    challenge: Hash,
    rpId: Type.String(),
    credentialIds: Type.Array(Bytes(1, 1023, 'Credential of an officer of this body')),
  },
  exact,
);

const Terms = Type.Object(
  {
    venueId: VenueId,
    from: Seconds,
    until: Seconds,
    basis: Text(200, 'The law that allows it'),
    reason: Text(500, 'Why it is needed'),
    issuers: Type.Array(Text(64, 'Name of an issuer'), { maxItems: 16 }),
    cap: Type.Integer({ minimum: 1, maximum: 100_000, description: 'Most subjects that may be released' }),
    dwellMinutes: Type.Integer({
      minimum: 0,
      maximum: 1440,
      description: 'How long a visit is taken to last',
    }),
  },
  exact,
);

const Summary = Type.Object(
  {
    id: CaseId,
    state: Type.Enum(['draft', 'waiting', 'approved', 'opened', 'listed']),
    ...Terms.properties,
    openedAt: Seconds,
    expiresAt: Seconds,
  },
  exact,
);

const Completeness = Type.Object(
  {
    entries: Count,
    byRecord: Type.Object({ scan: Count, poster: Count, call: Count, paper: Count, typed: Count }, exact),
    sheetsNotTyped: Count,
    onSheets: Count,
    callsNoted: Count,
    eyeWithoutContact: Count,
    otherWithoutContact: Count,
    apart: Count,
    cancelled: Count,
    keyMissing: Count,
    moved: Count,
    unknown: Count,
    notAsked: Count,
    waiting: Count,
  },
  exact,
);

const Row = Type.Object(
  {
    enteredAt: Seconds,
    stayedUntil: Seconds,
    check: Type.String({ maxLength: 20 }),
    record: Type.String({ maxLength: 20 }),
    state: Type.Enum([
      'resolved',
      'direct',
      'elsewhere',
      'apart',
      'key-missing',
      'moved',
      'unknown',
      'not-asked',
      'waiting',
    ]),
    subject: Type.Union([Type.String({ maxLength: 20 }), Type.Null()]),
    proof: Type.Union([Type.Enum(['presence', 'static', 'stated']), Type.Null()]),
    why: Type.Union([Type.Enum(['key', 'signature', 'window', 'repeated']), Type.Null()]),
    marks: Type.Array(Type.String({ maxLength: 20 })),
    contact: Type.Union([Type.String({ maxLength: 200 }), Type.Null()]),
    person: Type.Union([Type.Object({ name: Type.String(), birthDate: Type.String() }, exact), Type.Null()]),
  },
  exact,
);

const Logged = Type.Object(
  {
    line: Bytes(1, 1024, 'Line of the public log, COSE_Sign1'),
    receipt: Bytes(1, 4096, 'Receipt of the line, COSE receipt'),
  },
  exact,
);

/** What an issuer needs to see before it says who a handle is. */
export const ResolveRequest = Type.Object(
  {
    case: Bytes(1, 8192, 'The case'),
    approvals: Type.Array(Bytes(1, 8192, 'An approval'), { maxItems: 2 }),
    release: Bytes(1, 16_384, "The register's release"),
    opening: Bytes(1, 16_384, "The authority's opening"),
    released: Logged,
    opened: Logged,
    handles: Type.Array(Bytes(16, 16, 'Handle'), { minItems: 1, maxItems: 100_000 }),
  },
  exact,
);

/** What an issuer answers: how many it knew, signed, and who they are. */
export const Resolved = Type.Object(
  {
    resolution: Bytes(1, 1024, "The issuer's resolution, COSE_Sign1"),
    people: Type.Array(
      Type.Object({ handle: Bytes(16, 16, 'Handle'), name: Type.String(), birthDate: Type.String() }, exact),
    ),
  },
  exact,
);

const operation = <const O extends Operation>(one: O) => one;

export const authorityCaseOperations = {
  openCase: operation({
    operationId: 'openCase',
    method: 'POST',
    url: '/api/authority/cases',
    summary: 'Write a case: answers with the exact bytes that two officers sign',
    body: Type.Object(
      {
        ...Terms.properties,
        hours: Type.Integer({ minimum: 1, maximum: 72, description: 'Until it expires' }),
      },
      exact,
    ),
    answer: ToSign,
  }),
  listCases: operation({
    operationId: 'listCases',
    method: 'GET',
    url: '/api/authority/cases',
    summary: 'The cases of this body that have not ended',
    answer: Type.Object({ cases: Type.Array(Summary) }, exact),
  }),
  getCase: operation({
    operationId: 'getCase',
    method: 'GET',
    url: '/api/authority/cases/:id',
    summary: 'One case, its state and, once it is opened, its counts',
    params: ById,
    answer: Type.Object(
      { ...Summary.properties, toSign: ToSign, completeness: Type.Union([Completeness, Type.Null()]) },
      exact,
    ),
  }),
  signCase: operation({
    operationId: 'signCase',
    method: 'POST',
    url: '/api/authority/cases/:id/approvals',
    summary: "The opener's passkey signature: the case goes to the other body",
    params: ById,
    body: Assertion,
    answer: Type.Object({ state: Summary.properties.state }, exact),
  }),
  openRelease: operation({
    operationId: 'openRelease',
    method: 'POST',
    url: '/api/authority/cases/:id/open',
    summary: 'Open what the register released, and ask the issuers',
    params: ById,
    answer: Type.Object({ state: Summary.properties.state, completeness: Completeness }, exact),
  }),
  getCallList: operation({
    operationId: 'getCallList',
    method: 'GET',
    url: '/api/authority/cases/:id/list',
    summary: 'The call list, with its completeness and its assumption about how long visits last',
    params: ById,
    answer: Type.Object(
      { id: CaseId, dwellMinutes: Count, completeness: Completeness, rows: Type.Array(Row) },
      exact,
    ),
  }),
  getCallListCsv: operation({
    operationId: 'getCallListCsv',
    method: 'GET',
    url: '/api/authority/cases/:id/list.csv',
    summary: 'The call list as a table for a spreadsheet; no cell is read as a formula',
    params: ById,
    media: 'text/csv',
  }),
  closeCase: operation({
    operationId: 'closeCase',
    method: 'POST',
    url: '/api/authority/cases/:id/close',
    summary: 'End a case: its list is deleted for good',
    params: ById,
    answer: Type.Object({ closed: Type.Boolean() }, exact),
  }),
} as const satisfies Record<string, Operation>;

const Waiting = Type.Object(
  {
    ...ToSign.properties,
    ...Terms.properties,
    openedAt: Seconds,
    expiresAt: Seconds,
    venue: Type.Union([Type.Object({ name: Type.String(), kind: Type.String() }, exact), Type.Null()]),
    state: Type.Enum(['waiting', 'approved', 'released']),
    asked: Type.Array(
      Type.Object({ accountId: Type.String(), name: Type.String(), atMs: Milliseconds }, exact),
      { description: 'Officers on call who were asked, in order' },
    ),
  },
  exact,
);

const OnCallAccount = Type.Object({ accountId: Type.String(), name: Type.String() }, exact);

export const registerCaseOperations = {
  getOnCall: operation({
    operationId: 'getOnCall',
    method: 'GET',
    url: '/api/register/on-call',
    summary: 'Officers on call for the second signature, in the order in which they are asked',
    answer: Type.Object({ accounts: Type.Array(OnCallAccount) }, exact),
  }),
  setOnCall: operation({
    operationId: 'setOnCall',
    method: 'POST',
    url: '/api/register/on-call',
    summary: 'Set who is on call; with nobody on the list, all officers of the body are',
    body: Type.Object(
      {
        accounts: Type.Array(Type.String({ minLength: 1, maxLength: 64, description: 'Account id' }), {
          maxItems: 100,
        }),
      },
      exact,
    ),
    answer: Type.Object({ accounts: Type.Array(OnCallAccount) }, exact),
  }),
  casesToApprove: operation({
    operationId: 'casesToApprove',
    method: 'GET',
    url: '/api/register/cases',
    summary: "Cases that wait for an officer of the register's body, with the exact bytes to be signed",
    answer: Type.Object({ cases: Type.Array(Waiting) }, exact),
  }),
  caseToApprove: operation({
    operationId: 'caseToApprove',
    method: 'GET',
    url: '/api/register/cases/:id',
    summary: 'One case as this body sees it',
    params: ById,
    answer: Waiting,
  }),
  approveCase: operation({
    operationId: 'approveCase',
    method: 'POST',
    url: '/api/register/cases/:id/approvals',
    summary: "The approver's passkey signature: the register lets go of the entries of the window",
    params: ById,
    body: Assertion,
    answer: Type.Object({ state: Waiting.properties.state, released: Count }, exact),
  }),
} as const satisfies Record<string, Operation>;

export const issuerCaseOperations = {
  resolveHandles: operation({
    operationId: 'resolveHandles',
    method: 'POST',
    url: '/api/issuer/resolve',
    summary: 'Say who the handles of an approved, released and logged case are; once',
    body: ResolveRequest,
    bodyLimit: 4 * 1024 * 1024,
    answer: Resolved,
  }),
} as const satisfies Record<string, Operation>;

export type AssertionBody = Static<typeof Assertion>;
export type CaseTermsBody = Static<typeof Terms>;
export type ResolveBody = Static<typeof ResolveRequest>;
export type CaseState = 'draft' | 'waiting' | 'approved' | 'opened' | 'listed';
