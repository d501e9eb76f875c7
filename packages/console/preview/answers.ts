import { type Case, caseHash, completenessOf, encodeCase, type TraceRow } from '@munjigi/core/case';
import { sha256, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import type { GateLine } from '../src/engine/venues.ts';

/** 6 January 2022 in Seoul. */
export const at = (clock: string, day = '2022-01-06'): number => Date.parse(`${day}T${clock}:00+09:00`);
const seconds = (clock: string, day?: string) => at(clock, day) / 1000;

const gate = (gateNo: number, name: string, change: Partial<GateLine> = {}): GateLine => ({
  venueId: 7,
  venueName: '모퉁이 카페',
  gateNo,
  name,
  role: 'gate',
  state: 'confirmed',
  counter: 172,
  revokedAfter: null,
  lastReceiptMs: at('19:58'),
  forked: false,
  report: { bundleSequence: 12, pending: 0, app: '0.1.0', reportedMs: at('19:58') },
  ...change,
});

/** Hours of the afternoon on which the servers stood still; what came then was kept on the devices. */
const HOURS: readonly (readonly [number, number | null, number])[] = [
  [9, 8, 0],
  [10, 14, 0],
  [11, 23, 0],
  [12, 38, 0],
  [13, 10, 0],
  [14, 21, 21],
  [15, 18, 18],
  [16, 24, 24],
  [17, 23, 23],
  [18, 38, 38],
  [19, 19, 8],
];

export const counts = (known: string, isHidden = false) => {
  const isAll = known > '14:00';
  return {
    countedAtMs: at(known),
    hours: HOURS.filter(([hour]) => hour < Number(known.slice(0, 2))).map(([hour, count, late]) => ({
      at: seconds(`${String(hour).padStart(2, '0')}:00`),
      count: isHidden && hour === 9 ? null : count,
      late,
    })),
    days: Array.from({ length: 14 }, (_, i) => {
      const day = new Date(Date.UTC(2021, 11, 24 + i)).toISOString().slice(0, 10);
      const weekend = [6, 0].includes(new Date(`${day}T00:00Z`).getUTCDay());
      return [
        {
          day,
          check: 'scan',
          record: 'scan',
          count: i === 13 ? (isAll ? 197 : 86) : (weekend ? 260 : 170) + ((i * 37) % 60),
        },
        {
          day,
          check: 'eye',
          record: 'typed',
          count: i === 5 ? null : i === 13 ? (isAll ? 24 : 7) : 6 + (i % 5),
        },
        ...(i === 13 && isAll ? [{ day, check: 'not-required', record: 'scan', count: 15 }] : []),
      ];
    }).flat(),
    outages: [{ fromMs: at('14:00'), untilMs: isAll ? at('19:20') : null }],
  };
};

const venue = {
  venueId: 7,
  name: '모퉁이 카페',
  kind: 'cafe',
  region: 'seoul',
  createdMs: at('09:00', '2021-11-01'),
  gates: 2,
  lastReceiptMs: at('19:58'),
  quietSinceMs: null as number | null,
};

export const venues = [
  venue,
  {
    ...venue,
    venueId: 8,
    name: '모퉁이 식당',
    kind: 'restaurant',
    gates: 1,
    quietSinceMs: at('18:12', '2021-12-28'),
  },
];

export const devices = (is: { readonly stopped: boolean }): GateLine[] => [
  gate(1, '출입문', is.stopped ? { lastReceiptMs: at('14:00'), counter: 93 } : {}),
  gate(2, '테라스', {
    counter: is.stopped ? 41 : 64,
    ...(is.stopped ? { lastReceiptMs: at('14:01') } : {}),
  }),
  gate(3, '포장 창구', { state: 'unconfirmed', counter: 5, report: null }),
  gate(4, '사장 휴대전화', { role: 'owner', counter: 0, lastReceiptMs: null, report: null }),
];

export const detail = (is: {
  readonly stopped: boolean;
  readonly quiet: boolean;
  readonly empty: boolean;
}) => ({
  ...venue,
  quietSinceMs: is.quiet ? at('18:12', '2021-12-28') : null,
  takesCalls: true,
  call: is.empty
    ? null
    : {
        number: '0801234567',
        shown: '080-123-4567',
        state: is.stopped ? 'waiting' : 'works',
        sinceMs: at('09:00', '2021-12-01'),
      },
  devices: is.empty
    ? devices(is).map((one) => ({ ...one, counter: 0, lastReceiptMs: null, report: null }))
    : devices(is),
  people: [
    { accountId: 'a', name: '김주인', role: 'owner' as const },
    { accountId: 'b', name: '이직원', role: 'staff' as const },
  ],
});

export const allGates = [
  ...devices({ stopped: false }),
  gate(1, '정문', {
    venueId: 8,
    venueName: '모퉁이 식당',
    report: { bundleSequence: 11, pending: 42, app: '0.1.0', reportedMs: at('13:40') },
    lastReceiptMs: at('13:40'),
  }),
  gate(2, '후문', { venueId: 8, venueName: '모퉁이 식당', forked: true }),
  gate(3, '창고', { venueId: 8, venueName: '모퉁이 식당', state: 'revoked', revokedAfter: 812 }),
];

export const registrations = [
  {
    registrationId: 3,
    name: '마을 책방',
    kind: 'cafe',
    region: 'jeju',
    businessNumber: null,
    owner: '오주민',
    state: 'waiting',
    madeMs: at('10:12'),
    venueId: null,
  },
  {
    registrationId: 4,
    name: '강가 매점',
    kind: 'mart',
    region: 'gangwon',
    businessNumber: null,
    owner: '오주민',
    state: 'waiting',
    madeMs: at('16:40'),
    venueId: null,
  },
];

const terms: Case = {
  id: sha256(utf8Encode('preview case')).slice(0, 16),
  venueId: 7,
  from: seconds('12:00'),
  until: seconds('14:00'),
  basis: '감염병의 예방 및 관리에 관한 법률 제18조, 제76조의2',
  reason: '1월 6일 점심 집단 발생 조사 (서울 2022-014)',
  issuers: ['kr-2022'],
  cap: 200,
  openedAt: seconds('19:30'),
  expiresAt: seconds('19:30', '2022-01-07'),
  dwellMinutes: 60,
  policy: 'kr-2022',
  bundle: { rootVersion: 1, sequence: 12 },
};
export const caseBytes = encodeCase(terms);
export const hash = caseHash(caseBytes);
export const caseId = toBase64url(terms.id);

export const summary = (state: string) => ({
  id: caseId,
  state,
  venueId: terms.venueId,
  from: terms.from,
  until: terms.until,
  basis: terms.basis,
  reason: terms.reason,
  issuers: terms.issuers,
  cap: terms.cap,
  dwellMinutes: terms.dwellMinutes,
  openedAt: terms.openedAt,
  expiresAt: terms.expiresAt,
});

export const toSign = { id: caseId, case: toBase64url(caseBytes), credentialIds: ['AAAA'] };

const row = (clock: string, change: Partial<TraceRow>): TraceRow & { stayedUntil: number } => ({
  enteredAt: seconds(clock),
  stayedUntil: seconds(clock) + 3600,
  check: 'scan',
  record: 'scan',
  state: 'resolved',
  subject: 'pass',
  proof: 'presence',
  why: null,
  marks: [],
  contact: null,
  person: null,
  ...change,
});
const person = (name: string, birthDate: string) => ({ person: { name, birthDate } });

export const rows = [
  row('12:04', person('고은정', '1990-01-12')),
  row('12:09', person('나도현', '1984-11-03')),
  row('12:31', { ...person('문하늘', '1972-05-27'), marks: ['unconfirmed-gate'] }),
  row('12:40', {
    record: 'typed',
    check: 'eye',
    state: 'direct',
    subject: 'phone',
    proof: 'stated',
    contact: '010-0000-0000',
  }),
  row('12:44', {
    record: 'typed',
    check: 'eye',
    state: 'direct',
    subject: 'safety-code',
    proof: 'stated',
    contact: '12가34나',
  }),
  row('12:52', { state: 'apart', proof: null, why: 'window' }),
  row('13:05', { record: 'call', check: 'eye', state: 'elsewhere', subject: null, proof: null }),
  row('13:20', {
    record: 'typed',
    check: 'eye',
    state: 'direct',
    subject: 'sheet-line',
    proof: 'stated',
    contact: '12-7',
  }),
  row('13:26', { record: 'none', check: 'eye', state: 'elsewhere', subject: null, proof: null }),
];
export const completeness = completenessOf(rows, { cancelled: 1, keyMissing: 0, moved: 0, sheets: 1 });

export const people = {
  accounts: [
    {
      accountId: 'me',
      name: '박담당',
      roles: ['officer'],
      venueIds: [],
      passkeys: [{ credentialId: 'AAAA', addedMs: at('09:00') }],
    },
    { accountId: 'o2', name: '최담당', roles: ['officer'], venueIds: [], passkeys: [] },
    {
      accountId: 'op',
      name: '정운영',
      roles: ['operator'],
      venueIds: [],
      passkeys: [{ credentialId: 'BBBB', addedMs: at('09:10') }],
    },
  ],
  invites: [
    {
      inviteId: 'i1',
      accountId: 'o2',
      madeMs: at('11:00'),
      endsMs: at('11:00', '2022-01-09'),
      approved: false,
    },
  ],
};

export const logLines = [
  {
    body: 'register',
    kind: 'officer-added',
    at: seconds('09:00'),
    fields: { credential: sha256(utf8Encode('1')), role: 'officer' },
  },
  {
    body: 'authority',
    kind: 'officer-added',
    at: seconds('09:02'),
    fields: { credential: sha256(utf8Encode('2')), role: 'officer' },
  },
  { body: 'register', kind: 'key-destroyed', at: seconds('09:05'), fields: { day: '2021-12-09', keys: 1 } },
  { body: 'authority', kind: 'case-opened', at: seconds('19:31'), fields: { case: hash, cap: 200 } },
  { body: 'register', kind: 'case-approved', at: seconds('19:36'), fields: { case: hash } },
  {
    body: 'register',
    kind: 'release',
    at: seconds('19:36'),
    fields: { case: hash, release: sha256(utf8Encode('r')), root: sha256(utf8Encode('b')), count: 7 },
  },
  {
    body: 'authority',
    kind: 'opened',
    at: seconds('19:38'),
    fields: {
      case: hash,
      release: sha256(utf8Encode('r')),
      root: sha256(utf8Encode('h')),
      count: 3,
      apart: 1,
    },
  },
  {
    body: 'issuer',
    kind: 'resolved',
    at: seconds('19:38'),
    fields: { case: hash, count: 3, day: '2022-01-06' },
  },
] as const;

const sheet = (sheetNo: number, state: string, day: string | null, typed: number, more: object = {}) => ({
  ...{
    venueId: 7,
    sheetNo,
    lines: 20,
    printedMs: at('10:00'),
    day,
    state,
    overdue: false,
    destroyedMs: null,
  },
  typed: Array.from({ length: typed }, (_, i) => i + 1),
  keepUntil: day === null ? null : '2022-02-02',
  ...more,
});
export const sheets = {
  lines: 20,
  today: '2022-01-06',
  sheets: [
    sheet(14, 'printed', null, 0),
    sheet(13, 'in-use', '2022-01-06', 4),
    sheet(12, 'transcribed', '2022-01-05', 20),
    sheet(11, 'in-use', '2021-12-08', 0, { overdue: true, keepUntil: '2022-01-04' }),
  ],
};
