import type { Decision, DoorVerdict, NextStep } from '@munjigi/core/gate';
import { REASONS, type ReasonCode } from '@munjigi/core/reasons';
import { isTextKey, t } from '@munjigi/ui/texts';
import { signal } from '@preact/signals';
import type { CameraState, Fitness, Gate, RecordState, StripKind, View } from '../src/model.ts';
import { EYE, PACK, STRIPS } from './words.ts';

/** What a picture shows: `?s=scan&m=kiosk&strip=incident&lang=en&rec=saved…`, see `preview.tsx`. */
export type Wish = Readonly<Record<string, string | undefined>>;

const WAYS: readonly NextStep[] = ['other-proof', 'eye', 'alone'];
const LOOK: readonly NextStep[] = ['eye', 'other-proof', 'alone'];

const VERDICTS: Readonly<
  Record<string, { reason: ReasonCode; next: readonly NextStep[] } & Partial<Decision>>
> = {
  admit: { reason: 'valid', next: [], record: true },
  'check-only': { reason: 'check-only', next: [], record: false },
  seen: { reason: 'seen-by-eye', next: ['typed'], record: true },
  alone: { reason: 'alone', next: ['typed'], record: true },
  ended: { reason: 'ended', next: [...WAYS, 'advised'], also: 'grace' },
  none: { reason: 'ended', next: [...WAYS, 'none'] },
  compare: {
    reason: 'compare',
    next: ['hint-matches', ...WAYS],
    compareHint: true,
    hint: { initial: 1, day: 12 },
    parameters: { shown: 'yes', letter: 'ㄱ', day: 12 },
  },
  reopen: { reason: 'old-drawing', next: ['reopen', 'eye', 'alone'] },
  foreign: { reason: 'not-accepted-here', next: [...WAYS, 'none'] },
  clock: { reason: 'clock-gate', next: LOOK },
  issuer: { reason: 'issuer-unknown', next: LOOK },
  'not-saved': { reason: 'not-saved', next: ['typed', 'other-proof'] },
};

function decision(name: string): Decision {
  const wish = VERDICTS[name] ?? VERDICTS.admit!;
  const reason = REASONS[wish.reason];
  return {
    verdict: reason.door as DoorVerdict,
    number: reason.number,
    parameters: {},
    also: null,
    alsoParameters: {},
    check: 'scan',
    record: false,
    sameEntry: false,
    hint: null,
    compareHint: false,
    evidence: {
      integrity: 'ok',
      issuer: 'ok',
      freshness: 'ok',
      revocation: 'ok',
      entitlement: 'ok',
      rule: null,
      bundleAgeSeconds: 60,
    },
    ...wish,
  };
}

const MOMENT = Date.parse('2022-01-06T14:07:11+09:00');

/** A gate that stands still: every signal as wished, no engine behind it. Actions only change the view. */
export function gateFor(wish: Wish, stream: MediaStream | null): Gate {
  const language = signal<'ko' | 'en'>(wish.lang === 'en' ? 'en' : 'ko');
  const pick = (both: readonly [string, string]): string => both[language.value === 'en' ? 1 : 0];
  const scene = wish.s ?? 'scan';
  const record = (wish.rec ?? (scene === 'admit' || scene === 'seen' ? 'saved' : 'checked')) as RecordState;
  const view = signal<View>(
    scene in VERDICTS
      ? { name: 'verdict', decision: decision(scene), record, at: 1 }
      : { name: scene as 'scan' | 'start' | 'eye' | 'typed' | 'party' | 'more' },
  );
  const kind = (wish.strip ?? 'incident') as StripKind | 'duty';
  const strip = STRIPS[kind] ?? STRIPS.usual!;
  const status = kind === 'usual' ? 'confirmed' : kind === 'duty' ? 'provisional' : null;
  const text = (of: 'ko' | 'en', key: string, parameters = {}): string =>
    isTextKey(key) ? t(of, key, parameters) : (PACK[key]?.[of === 'en' ? 1 : 0] ?? key);
  const camera = (wish.camera ?? 'on') as CameraState['state'];
  const show: Gate['show'] = (name) => {
    view.value = { name };
  };
  const done = async (): Promise<void> => show('scan');
  return {
    view,
    strip: signal({
      kind: kind === 'duty' ? 'incident' : kind,
      status,
      headline: pick(strip.headline),
      text: pick(strip.text),
    }),
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
    lastEntry: signal(
      wish.last === 'none'
        ? null
        : {
            at: MOMENT / 1000 - 13,
            counter: 417,
            record: (wish.rec ?? 'saved') as RecordState,
            voided: wish.last === 'void',
          },
    ),
    nowMs: signal(wish.now === 'unknown' ? null : MOMENT),
    exercise: signal(wish.exercise !== undefined),
    word: signal(pick(['버들', 'Willow'])),
    venue: signal(
      wish.venue === 'none'
        ? null
        : {
            name: pick(['모퉁이 카페', 'Motungi Cafe']),
            kind: 'cafe',
            gateName: pick(['1번 기기', 'device 1']),
          },
    ),
    eyeRows: signal(
      EYE.map((row) => ({
        id: row.id,
        label: pick(row.label),
        value: pick(row.value),
        detail: pick(row.detail),
        explain: pick(row.explain),
      })),
    ),
    online: signal(false),
    text: (key, parameters) => text(language.value, key, parameters),
    textIn: text,
    stream: signal(camera === 'on' ? stream : null),
    party: signal((wish.party ?? 'unknown') as 'unknown' | 'alone' | 'group'),
    facts: signal({
      gateKey: '7f3a 91c2 0be4',
      gateNo: 1,
      rules: { number: 214, confirmedAtMs: MOMENT - 9 * 60_000 },
      clockOffsetMs: 400,
      persisted: true,
      installed: true,
      usedBytes: 4_200_000,
      quotaBytes: 10_700_000_000,
    }),
    timeZone: signal('Asia/Seoul'),
    startShift: done,
    endShift: async () => {
      view.value = { name: 'start' };
    },
    scanText: done,
    scanPicture: done,
    show,
    admitByStaff: async () => {
      view.value = { name: 'verdict', decision: decision('seen'), record: 'saved', at: 2 };
    },
    recordTyped: async (_, value) => value.length >= 6,
    answer: done,
    voidLast: async () => {},
    setParty: () => {},
    nextCamera: async () => {},
    setTorch: async () => {},
    playSoundTest: async () => {},
    exportOutbox: async () => new Blob(['x']),
    takeOver: async () => {},
  };
}
