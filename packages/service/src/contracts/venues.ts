import { Type } from 'typebox';
import { VenueCallNumber } from './calls.ts';
import type { Operation } from './operation.ts';
import {
  Bytes,
  exact,
  Hash,
  LocalDate,
  Milliseconds,
  Name,
  Seconds,
  Signature,
  VenueId,
  Word,
} from './shapes.ts';

const Venue = { name: Name, kind: Word, region: Word };
const ShortName = Type.String({ minLength: 1, maxLength: 60 });
const GateNo = Type.Integer({ minimum: 1, maximum: 32767 });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
const Counter = Type.Integer({ minimum: 0, maximum: 0xffffffff });
const NotConfirmed = OrNull(
  Type.Enum([
    'expired',
    'not-yet',
    'second-hand',
    'nonce-used',
    'not-owner',
    'owner-revoked',
    'second-successor',
    'old-revoked',
    'old-unconfirmed',
  ]),
);
const GateStateWord = Type.Enum(['confirmed', 'unconfirmed', 'revoked']);
const Role = Type.Enum(['gate', 'owner']);
const AccountId = Type.String({ minLength: 1, maxLength: 64 });

const Registration = Type.Object(
  {
    registrationId: VenueId,
    owner: OrNull(Name),
    ...Venue,
    businessNumber: OrNull(Type.String({ maxLength: 40 })),
    state: Type.Enum(['waiting', 'approved']),
    madeMs: Milliseconds,
    venueId: OrNull(VenueId),
  },
  exact,
);

const ListedVenue = {
  venueId: VenueId,
  ...Venue,
  createdMs: Milliseconds,
  gates: Type.Integer({ minimum: 0 }),
  lastReceiptMs: OrNull(Milliseconds),
  quietSinceMs: OrNull(Milliseconds),
};

const ListedGate = Type.Object(
  {
    venueId: VenueId,
    venueName: Name,
    gateNo: GateNo,
    name: Type.String({ maxLength: 120 }),
    role: Role,
    state: GateStateWord,
    unconfirmed: NotConfirmed,
    enrolledMs: Milliseconds,
    counter: Counter,
    revokedAfter: OrNull(Counter),
    lastReceiptMs: OrNull(Milliseconds),
    forked: Type.Boolean(),
    report: OrNull(
      Type.Object(
        {
          bundleSequence: Type.Integer({ minimum: 0 }),
          pending: Counter,
          app: OrNull(Type.String({ maxLength: 40 })),
          reportedMs: Milliseconds,
        },
        exact,
      ),
    ),
  },
  exact,
);

const ofVenue = Type.Object({ venueId: VenueId }, exact);
const ofGate = Type.Object({ venueId: VenueId, gateNo: GateNo }, exact);

/** What the register tells a gate of itself, beside where its chain stands. */
export const GateNews = Type.Object(
  {
    state: GateStateWord,
    name: Type.String({ maxLength: 120 }),
    revokedAfter: OrNull(Counter),
    unconfirmed: NotConfirmed,
    quietSinceMs: OrNull(Milliseconds),
    call: OrNull(
      Type.String({
        maxLength: 48,
        description: 'The number that guests can call to be recorded, where one works',
      }),
    ),
    sheets: Type.Boolean({
      description: 'Sheets of paper lie ready for today: printed, and neither typed nor shredded',
    }),
    poster: OrNull(
      Type.Integer({
        minimum: 1,
        description: 'The poster that guests can scan to be recorded, where there is one',
      }),
    ),
    pin: OrNull(
      Type.Object(
        {
          salt: Bytes(16, 16, 'Salt'),
          hash: Bytes(32, 32, 'PBKDF2 with SHA-256'),
          rounds: Type.Integer({ minimum: 1 }),
          setMs: Milliseconds,
        },
        exact,
      ),
    ),
    successor: OrNull(Bytes(1, 1024, 'First successor that this key signed, where the register has one')),
  },
  exact,
);

export const venueOperations = {
  registerVenue: {
    operationId: 'registerVenue',
    method: 'POST',
    url: '/api/register/registrations',
    summary:
      'Register a venue: by its business number at once, without one for a local government to approve',
    body: Type.Object(
      { ...Venue, businessNumber: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })) },
      exact,
    ),
    answer: Registration,
  },
  listRegistrations: {
    operationId: 'listRegistrations',
    method: 'GET',
    url: '/api/register/registrations',
    summary: "Registrations: an owner's own, for an inspector those that wait, for an operator all",
    answer: Type.Object({ registrations: Type.Array(Registration) }, exact),
  },
  approveRegistration: {
    operationId: 'approveRegistration',
    method: 'POST',
    url: '/api/register/registrations/:registrationId/approve',
    summary: 'Approve a registration that waits',
    params: Type.Object({ registrationId: VenueId }, exact),
    answer: Registration,
  },
  listVenues: {
    operationId: 'listVenues',
    method: 'GET',
    url: '/api/register/venues',
    summary: "Venues: an owner's or a member of staff's own, for an operator all",
    querystring: Type.Object({ after: Type.Optional(VenueId) }, exact),
    answer: Type.Object({ venues: Type.Array(Type.Object(ListedVenue, exact)) }, exact),
  },
  venueDetail: {
    operationId: 'venueDetail',
    method: 'GET',
    url: '/api/register/venues/:venueId',
    summary: 'A venue with its devices and its people',
    params: ofVenue,
    answer: Type.Object(
      {
        ...ListedVenue,
        call: VenueCallNumber,
        takesCalls: Type.Boolean({
          description: 'True where a telephone provider and the policy let guests call',
        }),
        devices: Type.Array(ListedGate),
        people: Type.Array(
          Type.Object({ accountId: AccountId, name: Name, role: Type.Enum(['owner', 'staff']) }, exact),
        ),
      },
      exact,
    ),
  },
  makeEnrolmentCode: {
    operationId: 'makeEnrolmentCode',
    method: 'POST',
    url: '/api/register/venues/:venueId/enrolment-code',
    summary: "A code that enrols one device; an owner's device may let others in",
    params: ofVenue,
    body: Type.Object({ role: Role }, exact),
    answer: Type.Object({ enrolmentCode: Type.String({ maxLength: 64 }), endsMs: Milliseconds }, exact),
  },
  inviteStaff: {
    operationId: 'inviteStaff',
    method: 'POST',
    url: '/api/register/venues/:venueId/staff',
    summary: 'Invite a member of staff; answers with the one-time code',
    params: ofVenue,
    body: Type.Object({ name: Name }, exact),
    answer: Type.Object(
      { accountId: AccountId, code: Type.String({ maxLength: 64 }), endsMs: Milliseconds },
      exact,
    ),
  },
  renameGate: {
    operationId: 'renameGate',
    method: 'POST',
    url: '/api/register/venues/:venueId/gates/:gateNo/rename',
    summary: 'Give a device another name',
    params: ofGate,
    body: Type.Object({ name: ShortName }, exact),
    answer: Type.Object({ name: ShortName }, exact),
  },
  setVenuePin: {
    operationId: 'setVenuePin',
    method: 'POST',
    url: '/api/register/venues/:venueId/pin',
    summary: 'Set the PIN before the settings of all devices of a venue',
    params: ofVenue,
    body: Type.Object({ pin: Type.String({ pattern: '^[0-9]{4,8}$' }) }, exact),
    answer: Type.Object({ set: Type.Boolean() }, exact),
  },
  revokeGate: {
    operationId: 'revokeGate',
    method: 'POST',
    url: '/api/register/venues/:venueId/gates/:gateNo/revoke',
    summary: "Revoke a device's key: entries after the counter are kept and marked",
    params: ofGate,
    body: Type.Object({ afterCounter: Type.Optional(Counter) }, exact),
    answer: Type.Object({ gateNo: GateNo, afterCounter: Counter, atMs: Milliseconds }, exact),
  },
  venueCounts: {
    operationId: 'venueCounts',
    method: 'GET',
    url: '/api/register/venues/:venueId/counts',
    summary: 'How many came in, by hour and by day; counts below five are hidden',
    params: ofVenue,
    querystring: Type.Object(
      { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 366, default: 14 })) },
      exact,
    ),
    answer: Type.Object(
      {
        countedAtMs: OrNull(Milliseconds),
        hours: Type.Array(
          Type.Object(
            {
              at: Seconds,
              count: OrNull(Type.Integer({ minimum: 5 })),
              late: Type.Optional(
                Type.Integer({
                  minimum: 5,
                  description: 'Of those, how many were kept on their device first',
                }),
              ),
            },
            exact,
          ),
        ),
        days: Type.Array(
          Type.Object(
            { day: LocalDate, check: Word, record: Word, count: OrNull(Type.Integer({ minimum: 5 })) },
            exact,
          ),
        ),
      },
      exact,
    ),
  },
  takeDelegation: {
    operationId: 'takeDelegation',
    method: 'POST',
    url: '/api/register/delegations',
    summary: "Show the delegation by which an owner's device let this gate in",
    body: Type.Object(
      { delegation: Bytes(1, 1024, "Delegation, COSE_Sign1 by the owner's device"), proof: Signature },
      exact,
    ),
    answer: Type.Object(
      {
        gateNo: GateNo,
        venueId: VenueId,
        venue: Type.Object(Venue, exact),
        unconfirmed: NotConfirmed,
      },
      exact,
    ),
  },
  takeSuccessor: {
    operationId: 'takeSuccessor',
    method: 'POST',
    url: '/api/register/gates/:thumbprint/successor',
    summary: 'Show the new key of a gate whose chain has forked, certified by the old one',
    params: Type.Object({ thumbprint: Hash }, exact),
    body: Type.Object(
      { successor: Bytes(1, 1024, 'Successor, COSE_Sign1 by the old gate key'), proof: Signature },
      exact,
    ),
    answer: Type.Object(
      {
        gateNo: GateNo,
        venueId: VenueId,
        venue: Type.Object(Venue, exact),
        unconfirmed: NotConfirmed,
      },
      exact,
    ),
  },
  listGates: {
    operationId: 'listGates',
    method: 'GET',
    url: '/api/register/gates',
    summary: 'All gates: bundle in use, queue, version, last receipt; in pages by venue',
    querystring: Type.Object(
      {
        after: Type.Optional(VenueId),
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
      },
      exact,
    ),
    answer: Type.Object({ gates: Type.Array(ListedGate) }, exact),
  },
} as const satisfies Record<string, Operation>;
