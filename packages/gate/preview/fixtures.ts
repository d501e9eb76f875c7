import { joinRequestText } from '@munjigi/core/delegation';
import type { Decision, NextStep } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';
import { type Policy, parseTyped } from '@munjigi/core/rules';
import type { CheckedStatement } from '@munjigi/core/statement';
import type { Now } from '@munjigi/core/trust';
import { type JoinProblem, NO_CHECKS } from '@munjigi/offline';
import { isTextKey, t } from '@munjigi/ui/texts';
import { computed, signal } from '@preact/signals';
import { eyeRows } from '../src/engine/eye-rows.ts';
import { type StripFacts, stripOf } from '../src/engine/strip.ts';
import type { CameraState, Fitness, Gate, RecordState, View } from '../src/model.ts';

/** What a picture shows: `?s=scan&m=kiosk&strip=incident&lang=en&rec=saved…`, or `?reason=…` for one of the table. */
export type Wish = Readonly<Record<string, string | undefined>>;

type Language = 'ko' | 'en';
type Verdict = { readonly reason: ReasonCode; readonly next: readonly NextStep[] } & Partial<Decision>;

const at = (local: string): number => Date.parse(`${local}+09:00`) / 1000;
const MOMENT = at('2022-01-06T14:07:11');
const VENUE = { kind: 'cafe', region: 'seoul' };
const WAYS: readonly NextStep[] = ['other-proof', 'eye', 'alone'];
const LOOK: readonly NextStep[] = ['eye', 'other-proof', 'alone'];
const ENDED = { until: at('2022-01-03T00:00:00') };
const COMPARE = { shown: 'yes', letter: 'ㄱ', day: 12 };

const VERDICTS: Readonly<Record<string, Verdict>> = {
  admit: { reason: 'valid', next: [], record: true },
  'check-only': { reason: 'check-only', next: [] },
  seen: { reason: 'seen-by-eye', next: ['typed'], record: true, parameters: { recorded: 'yes' } },
  alone: { reason: 'alone', next: ['typed'], record: true, parameters: { recorded: 'yes' } },
  ended: {
    reason: 'ended',
    next: [...WAYS, 'advised'],
    parameters: ENDED,
    also: 'grace',
    alsoParameters: { until: at('2022-01-10T00:00:00') },
  },
  none: { reason: 'ended', next: [...WAYS, 'none'], parameters: ENDED },
  compare: {
    reason: 'compare',
    next: ['hint-matches', ...WAYS, 'none'],
    compareHint: true,
    hint: { initial: 1, day: 12 },
    parameters: COMPARE,
  },
  reopen: { reason: 'old-drawing', next: ['reopen', ...WAYS, 'none'] },
  foreign: { reason: 'not-accepted-here', next: [...WAYS, 'none'] },
  verbal: { reason: 'nothing-usable', next: ['other-proof', 'eye', 'verbal', 'alone', 'none'] },
  clock: { reason: 'clock-gate', next: LOOK },
  issuer: { reason: 'issuer-unknown', next: LOOK },
  'not-saved': { reason: 'not-saved', next: ['typed', 'other-proof'] },
};

/** Any reason of the table with as many ways on as it can have, and long values. */
function anyReason(reason: ReasonCode): Verdict {
  const { door } = REASONS[reason];
  const parameters = {
    ...{ until: MOMENT, from: MOMENT, at: MOMENT, born: '2003-01-01', age: 60, hours: 26, minutes: 128 },
    ...{ direction: 'slow', recorded: 'yes', alone: 'yes', kind: 'ended' },
    ...COMPARE,
  };
  if (door === 'admit') return { reason, next: [], record: true, parameters };
  if (door === 'cannot-tell')
    return { reason, next: ['reopen', 'eye', 'other-proof', 'verbal', 'alone'], parameters };
  return { reason, next: ['other-proof', 'eye', 'verbal', 'alone', 'none'], parameters };
}

function decision(verdict: Verdict): Decision {
  const { door, number } = REASONS[verdict.reason];
  return {
    ...{
      verdict: door,
      number,
      parameters: {},
      also: null,
      alsoParameters: {},
      check: 'scan',
      record: false,
    },
    ...{ sameEntry: false, hint: null, compareHint: false },
    evidence: {
      ...{ integrity: 'ok', issuer: 'ok', freshness: 'ok', revocation: 'ok', entitlement: 'ok' },
      ...{ rule: null, bundleAgeSeconds: 60 },
    },
    ...verdict,
  };
}

const published = (notice: string, status: Now['status'], obligation: string): Now => ({
  ...{
    version: 1,
    sequence: 1,
    issuedAt: MOMENT,
    validFrom: at('2022-01-06T14:05:00'),
    validUntil: MOMENT + 3600,
  },
  ...{ notice, parameters: {}, status, obligation, logHead: null },
  bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
});

const FACTS: Readonly<Record<string, Partial<StripFacts>>> = {
  usual: {},
  incident: { registerDown: true },
  duty: { now: published('app-down', 'confirmed', 'check-by-eye') },
  provisional: { now: published('app-down', 'provisional', 'check-by-eye') },
  word: { now: published('coov-down', 'confirmed', 'check-by-word') },
  ageing: { ageSeconds: 26 * 3600 },
  back: { backWith: 83 },
  'not-saved': { notSaved: true },
  viewer: { viewer: true },
  revoked: { revoked: true },
  stopped: { policy: null },
};

/** Codes that a scanner typed, for tests of it. */
export const scanned: string[] = [];

const REQUEST = joinRequestText({
  gateKey: Uint8Array.from({ length: 33 }, (_, i) => (i === 0 ? 2 : i * 7)),
  name: '2층 입구',
});
/** As long as a real answer is. */
const ANSWER = `MJD:${REQUEST.slice(4).repeat(5)}`;

/** What the pages of joining, the settings and the register's news show. */
function joiningFor(
  wish: Wish,
  scene: string,
): Pick<Gate, 'joining' | 'lock' | 'news' | 'unseen' | 'hasRules'> {
  const { step = scene === 'join' ? 'show' : 'scan', news } = wish;
  const nothing = async (): Promise<void> => {};
  const digits = '482 913';
  const problem = signal((wish.problem ?? null) as JoinProblem | null);
  const none = { name: '', revokedAfter: null, unconfirmed: null, quietSinceMs: null };
  return {
    joining: {
      asked: signal(scene === 'join' && step !== 'name' ? { text: REQUEST, digits } : null),
      askedBy: signal(step === 'compare' || step === 'shown' ? { name: '2층 입구', digits } : null),
      answer: signal(step === 'shown' ? ANSWER : null),
      problem,
      mayLetIn: wish.role !== 'gate',
      ask: nothing,
      letIn: nothing,
      forget: () => {},
    },
    lock: {
      isSet: async () => scene === 'pin',
      try: async () => (wish.pin === 'wait' ? { state: 'wait', seconds: 30 } : { state: 'wrong', left: 3 }),
      set: nothing,
    },
    unseen: signal(news === 'unseen'),
    hasRules: signal(wish.rules !== 'none'),
    news: signal(
      news === 'unconfirmed'
        ? { ...none, state: 'unconfirmed' }
        : news === 'quiet'
          ? { ...none, state: 'confirmed', quietSinceMs: (MOMENT - 8 * 86_400) * 1000 }
          : null,
    ),
  };
}

const STATED: CheckedStatement = {
  gate: 'known',
  receivedAtMs: at('2022-01-06T19:21:00') * 1000,
  receivedUpTo: 448,
  statement: {
    ...{ venueId: 7, venueName: '모퉁이 카페', gateName: '정문 태블릿', gateKey: new Uint8Array(33) },
    ...{ from: at('2022-01-06T14:00:00'), to: at('2022-01-06T19:20:00'), madeAt: at('2022-01-06T19:22:00') },
    ongoing: false,
    spans: [
      { what: 'register', from: at('2022-01-06T14:00:00'), to: at('2022-01-06T19:20:00') },
      { what: 'mirrors', from: at('2022-01-06T14:31:00'), to: at('2022-01-06T14:52:00') },
    ],
    checks: { ...NO_CHECKS, scan: 30, eye: 1 },
    ...{ saved: 31, cancelled: 1, confirmed: 31, notSaved: 0, before: null, after: null, receipt: null },
    counted: [
      { notice: null, obligation: 'usual', sequence: 40, from: at('2022-01-06T14:00:00') },
      { notice: 'app-down', obligation: 'check-by-eye', sequence: 41, from: at('2022-01-06T14:02:00') },
    ],
  },
};

/** Hours in which servers did not answer, and what an inspector has read. */
function statementsFor(wish: Wish): NonNullable<Gate['statements']> {
  const checked: CheckedStatement =
    wish.gate === 'unconfirmed' ? { ...STATED, gate: 'unconfirmed', receivedAtMs: null } : STATED;
  const { from, to, spans } = STATED.statement;
  const base = { before: null, chain: '', unrecorded: NO_CHECKS, notSaved: 0, counted: [], wrote: null };
  const day = 86_400;
  return {
    episodes: signal(
      wish.none !== undefined
        ? []
        : [
            { ...base, from, to, spans },
            { ...base, from: from - 3 * day, to: to - 2 * day, spans },
          ],
    ),
    read: signal(wish.read === 'wrong' ? false : wish.read ? checked : null),
    make: async () => `MJS:${REQUEST.slice(4).repeat(9)}`,
    verify: async () => checked,
  };
}

/** A gate that stands still: every signal as wished. The words and dates are the pack's; actions only change the view. */
export function gateFor(wish: Wish, policy: Policy, stream: MediaStream | null): Gate {
  const language = signal<Language>(wish.lang === 'en' ? 'en' : 'ko');
  const say = (ko: string, en: string): string => (language.value === 'en' ? en : ko);
  const call = wish.call === undefined ? null : '080-123-4567';
  const text: NonNullable<Gate['textIn']> = (of, key, parameters = {}) =>
    isTextKey(key)
      ? t(of, key, parameters)
      : policy.text(of, key, { ...(call === null ? {} : { call }), ...parameters });
  const scene = wish.reason ? 'verdict' : (wish.s ?? 'scan');
  const verdict = wish.reason ? anyReason(wish.reason as ReasonCode) : VERDICTS[scene];
  const record = (wish.rec ?? (verdict?.record ? 'saved' : 'checked')) as RecordState;
  const view = signal<View>(
    verdict
      ? { name: 'verdict', decision: decision(verdict), record, at: 1 }
      : { name: (scene === 'pin' ? 'settings' : scene) as Exclude<View['name'], 'verdict'> },
  );
  const facts: StripFacts = {
    ...{ policy, now: null, venue: VENUE, at: MOMENT, ageSeconds: 60, viewer: false, notSaved: false },
    ...{ registerDown: false, cutOffSince: null, waiting: 83, backWith: null },
    ...FACTS[wish.strip ?? 'incident'],
  };
  const camera = (wish.camera ?? 'on') as CameraState['state'];
  const party = signal((wish.party ?? 'unknown') as 'unknown' | 'alone' | 'group');
  const show: Gate['show'] = (name) => {
    view.value = { name };
  };
  const back = async (): Promise<void> => show('scan');
  const nothing = async (): Promise<void> => {};
  const last = {
    at: MOMENT - 13,
    counter: 417,
    record: (wish.rec ?? 'saved') as RecordState,
    voided: wish.last === 'void',
  };
  return {
    view,
    strip: computed(() =>
      stripOf(facts, (key, parameters) => text(language.value, key, parameters), language.value),
    ),
    language,
    mode: signal(wish.m === 'kiosk' ? 'kiosk' : 'hand'),
    camera: signal<CameraState>({
      state: camera,
      torch: false,
      seen: (wish.seen ?? 'waiting') as CameraState['seen'],
    }),
    fitness: signal((wish.fitness ?? 'fit') as Fitness),
    waiting: signal(83),
    confirmed: signal(1204),
    lastEntry: signal(wish.last === 'none' ? null : last),
    nowMs: signal(wish.now === 'unknown' ? null : MOMENT * 1000),
    exercise: signal(wish.exercise !== undefined),
    sign: computed(() => policy.minuteSign(MOMENT, language.value)),
    signBeside: computed(() => policy.signBeside(MOMENT, language.value)),
    shown: computed(() =>
      (policy.pack.shown ?? []).map((id) => ({
        id,
        label: text(language.value, `shown.${id}.label`),
        look: text(language.value, `shown.${id}.look`),
      })),
    ),
    venue: computed(() =>
      wish.venue === 'none'
        ? null
        : {
            name: say('모퉁이 카페', 'Motungi Cafe'),
            kind: VENUE.kind,
            gateName: say('1번 기기', 'device 1'),
          },
    ),
    eyeDay: signal({ ms: MOMENT * 1000, sure: wish.now !== 'unknown' }),
    eyeRows: computed(() => eyeRows(policy, VENUE, MOMENT, language.value)),
    online: signal(false),
    text: (key, parameters) => text(language.value, key, parameters),
    textIn: text,
    stream: signal(camera === 'on' ? stream : null),
    party,
    facts: signal({
      ...{
        gateKey: '7f3a 91c2 0be4',
        gateNo: 1,
        rules: { number: 214, confirmedAtMs: (MOMENT - 540) * 1000 },
      },
      ...{
        clockOffsetMs: 400,
        persisted: true,
        installed: true,
        usedBytes: 4_200_000,
        quotaBytes: 10_700_000_000,
      },
    }),
    callNumber: signal(call),
    timeZone: signal(policy.timeZone),
    ...joiningFor(wish, scene),
    statements: statementsFor(wish),
    trouble: {
      state: signal((wish.trouble ?? 'none') as 'none' | 'sent' | 'waiting'),
      say: nothing,
    },
    openCamera: nothing,
    startShift: back,
    endShift: async () => {
      view.value = { name: 'start' };
    },
    scanText: async (code) => {
      scanned.push(code);
      show('scan');
    },
    scanPicture: back,
    show,
    admitByStaff: async () => {
      view.value = { name: 'verdict', decision: decision(VERDICTS.seen!), record: 'saved', at: 2 };
    },
    recordCalled: back,
    recordTyped: async (kind, value) => parseTyped(policy, kind, value) !== null,
    answer: back,
    voidLast: nothing,
    setParty: (one) => {
      party.value = one;
    },
    nextCamera: nothing,
    setTorch: nothing,
    playSoundTest: nothing,
    exportOutbox: async () => new Blob(['x']),
    takeOver: nothing,
  } as Gate;
}
