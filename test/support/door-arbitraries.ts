import { type DecisionContext, type Inspected, STEPS } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';
import fc from 'fast-check';
import { foreign } from './door.ts';
import { genuine, NOON, seconds } from './packs.ts';

const wild = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    NOON,
    NOON - 10,
    NOON + 10,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MIN_SAFE_INTEGER,
  ),
);
const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const passClaim = fc.record({
  kind: fc.constant('pass'),
  form: fc.constantFrom('live', 'paper'),
  admissionClass: fc.constantFrom(0, 1, 2, 4, 8, 128, -1, Number.NaN),
  hint: fc.oneof(fc.nat(1023), wild),
  expiresAt: wild,
  until: orNull(wild),
  drawnAt: orNull(wild),
  lane: fc.constantFrom('usual', 'slow', null),
  handle: fc.uint8Array({ maxLength: 20 }),
  specimen: fc.boolean(),
  subject: fc.constant({ kind: 'phone', number: '1' }),
});
const foreignClaim = fc.record({
  kind: fc.constant('foreign'),
  format: fc.constantFrom('hcert', 'shc'),
  identifier: fc.string(),
  familyName: orNull(fc.string({ unit: 'grapheme' })),
  birthDate: orNull(fc.oneof(fc.string(), fc.constant('1998-02-26'))),
  country: orNull(fc.string()),
  subject: fc.constant({ kind: 'phone', number: '1' }),
});
export const inspected = fc.record({
  format: fc.constantFrom('entry-pass', 'hcert', null),
  scan: fc.string(),
  steps: fc.record(
    Object.fromEntries(
      STEPS.map((step) => [step, fc.constantFrom('ok', 'failed', 'unknown', 'not-reached')]),
    ),
  ),
  reason: fc.option(fc.constantFrom(...(Object.keys(REASONS) as ReasonCode[])), { nil: null, freq: 2 }),
  keyId: orNull(fc.string()),
  algorithm: orNull(fc.string()),
  issuer: orNull(fc.string()),
  notBefore: orNull(wild),
  notAfter: orNull(wild),
  claim: fc.oneof(passClaim, foreignClaim, fc.constant(null)),
  payload: fc.constant(null),
}) as unknown as fc.Arbitrary<Inspected>;
export const contexts = fc.record({
  instant: orNull(fc.record({ seconds: wild, uncertaintySeconds: fc.oneof(fc.nat(200), wild) })),
  bundleAgeSeconds: orNull(wild),
  venue: fc.record({
    kind: fc.oneof(fc.constantFrom('cafe', 'restaurant', 'mart', 'ward'), fc.string()),
    region: fc.oneof(fc.constantFrom('seoul', 'daegu', 'main'), fc.string()),
  }),
  party: fc.constantFrom('unknown', 'alone', 'group'),
  seenBeforeAt: orNull(wild),
  lastDrawingOffsetSeconds: orNull(wild),
  lastDrawnAt: orNull(wild),
  compared: fc.boolean(),
  sameGuest: fc.boolean(),
  obligation: orNull(
    fc.oneof(fc.constantFrom('usual', 'check-by-word', 'toString', '__proto__'), fc.string()),
  ),
}) as unknown as fc.Arbitrary<DecisionContext>;

/** One value nine times in ten, else one of the others. */
const mostly = <T>(usually: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(usually) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

/** Mostly right, so that every branch is walked: a genuine code and a usual moment with a few things changed. */
export const nearlyGood = fc
  .record({
    claim: fc.record({
      admissionClass: fc.constantFrom(1, 2, 4, 0, 8),
      form: mostly<'live' | 'paper'>('live', 'paper'),
      lane: mostly<'usual' | 'slow'>('usual', 'slow'),
      until: mostly<number | null>(null, NOON - 400_000, NOON - 60, NOON + 60),
      drawnAt: mostly<number | null>(NOON, NOON - 300, NOON - 50, NOON + 30, null),
      expiresAt: mostly(NOON + 60, NOON - 60),
      hint: fc.nat(1023),
      specimen: mostly(false, true),
    }),
    reason: mostly<ReasonCode | null>(null, ...(Object.keys(REASONS) as ReasonCode[])),
    foreign: mostly(false, true),
  })
  .map(
    ({ claim, reason, foreign: abroad }): Inspected =>
      abroad ? { ...foreign(), reason } : { ...genuine(NOON, claim), reason },
  );
const instants = fc.constantFrom(
  ...[
    '2021-11-20',
    '2021-12-07',
    '2022-01-06',
    '2022-01-12',
    '2022-01-15',
    '2022-02-20',
    '2022-02-24',
    '2022-03-02',
  ].map((day) => seconds(`${day}T13:58:00+09:00`)),
  NOON,
  NOON,
  NOON,
);
export const usual = fc
  .record({
    seconds: instants,
    unsure: mostly(0, 20, 120, 121),
    bundleAgeSeconds: mostly<number | null>(60, null, 1e9),
    venue: fc.constantFrom(
      { kind: 'cafe', region: 'seoul' },
      { kind: 'restaurant', region: 'daegu' },
      { kind: 'mart', region: 'seoul' },
      { kind: 'mart', region: 'jeju' },
      { kind: 'ward', region: 'main' },
    ),
    party: fc.constantFrom('unknown', 'alone', 'group'),
    seenAgo: mostly<number | null>(null, 60, 600),
    compared: fc.boolean(),
    sameGuest: fc.boolean(),
    obligation: fc.constantFrom(null, 'usual', 'check-by-word'),
  })
  .map(
    ({ seconds: second, unsure, seenAgo, ...rest }): DecisionContext =>
      ({
        ...rest,
        instant: { seconds: second, uncertaintySeconds: unsure },
        seenBeforeAt: seenAgo === null ? null : second - seenAgo,
        lastDrawingOffsetSeconds: -300,
      }) as DecisionContext,
  );
/** Codes are drawn at the moment at which they are shown, unless they are wild. */
export const pairs = fc.oneof(
  { weight: 1, arbitrary: fc.tuple(inspected, contexts) },
  {
    weight: 3,
    arbitrary: fc.tuple(nearlyGood, usual).map(([code, given]): [Inspected, DecisionContext] => {
      const shift = given.instant!.seconds - NOON;
      const { claim } = code;
      if (claim?.kind !== 'pass') return [{ ...code, notAfter: given.instant!.seconds + 60 }, given];
      return [
        {
          ...code,
          claim: {
            ...claim,
            drawnAt: claim.drawnAt === null ? null : claim.drawnAt + shift,
            expiresAt: claim.expiresAt + shift,
            until: claim.until === null ? null : claim.until + shift,
          },
        },
        given,
      ];
    }),
  },
);
