import { equalBytes, toHex } from '@munjigi/core/encoding';
import {
  type Appended,
  deviceSigner,
  exportOutbox,
  openGateStore,
  SeenBefore,
  type Speak,
  storageSelfTest,
  WriterLock,
} from '@munjigi/offline';
import { isTextKey, t } from '@munjigi/ui/texts';
import { computed, effect, type Signal, signal } from '@preact/signals';
import type { CameraState, DeviceFacts, EyeRow, Fitness, Gate, Strip, View } from '../model.ts';
import { Camera } from './camera.ts';
import { Door, type Party } from './door.ts';
import { identityOf, startsOver } from './enrolment.ts';
import { eyeRows } from './eye-rows.ts';
import { Frames } from './frames.ts';
import { Recorder } from './recorder.ts';
import { RulesInUse } from './rules-in-use.ts';
import { exposeOnStage, stageCamera } from './stage.ts';
import { stripOf } from './strip.ts';
import { Upload } from './upload.ts';
import { ScreenStaysOn } from './wake-lock.ts';

export interface GateOptions {
  /** Language of the screen; the switch on the screen sets it. */
  readonly language: Signal<'ko' | 'en'>;
  readonly speak: Speak;
  readonly mode?: 'hand' | 'kiosk';
  /** Fragment of the address, where an enrolment link has its values. */
  readonly hash?: string;
}

type Words = Readonly<Record<string, string | number>>;

const TICK_MS = 250;
/** How long the news stands that everything has reached the register after an outage. */
const BACK_MS = 12_000;
const FIRST_ANSWER_MS = 6_000;

/** Makes the gate of this device: reads back what it keeps, joins its venue if asked to, and works from then on without any server. */
export async function createGate(options: GateOptions): Promise<Gate> {
  const { language, speak } = options;
  const hash = options.hash ?? location.hash;
  const store = openGateStore();

  const view = signal<View>({ name: 'start' });
  const camera = signal<CameraState>({ state: 'off', torch: null, seen: 'waiting' });
  const stream = signal<MediaStream | null>(null);
  const fitness = signal<Fitness>('checking');
  const party = signal<Party>('unknown');
  const nowMs = signal<number | null>(null);
  const changed = signal(0);
  const waiting = signal(0);
  const confirmed = signal(0);
  const writer = signal(true);
  const unsaved = signal(0);
  const facts = signal<DeviceFacts | null>(null);
  const lastEntry: Gate['lastEntry'] = signal(null);

  const rules = await RulesInUse.open(store, () => {
    changed.value += 1;
    upload?.rulesChanged();
  });
  let upload: Upload | null = null;
  if (!rules.inUse || hash.includes('enrol=')) await within(rules.refresh(), FIRST_ANSWER_MS);
  if (await startsOver(store, rules, hash)) {
    await rules.startOver(() => store.destroy());
    await within(rules.refresh(), FIRST_ANSWER_MS);
  }
  const identity = await identityOf(store, hash).catch(() => null);
  if (identity && hash.includes('enrol='))
    history.replaceState(null, '', `${location.pathname}${location.search}`);
  const recorder = identity && new Recorder(identity, store, rules);
  const key = identity && (await store.gateKey());

  const textIn = (which: 'ko' | 'en', name: string, parameters: Words = {}): string =>
    isTextKey(name) ? t(which, name, parameters) : (rules.policy?.text(which, name, parameters) ?? name);
  const text = (name: string, parameters: Words = {}): string => textIn(language.value, name, parameters);

  // What follows from the rules in use; `changed` tells that they were swapped.
  const policy = computed(() => (changed.value >= 0 ? rules.policy : null));
  const exercise = computed(() => policy.value?.exercise ?? false);
  const timeZone = computed(() => policy.value?.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone);
  const protectedHours = computed(() => policy.value?.pack.protectedHours ?? []);
  const minute = computed(() => (nowMs.value === null ? null : Math.floor(nowMs.value / 60_000) * 60));
  const word = computed(() =>
    minute.value === null ? '' : (policy.value?.wordOfDay(minute.value, language.value) ?? ''),
  );
  const rows = computed<readonly EyeRow[]>(() =>
    policy.value && identity && minute.value !== null
      ? eyeRows(policy.value, identity.venue, minute.value, language.value)
      : [],
  );
  const online = signal(true);
  const backWith = signal<number | null>(null);
  const strip = computed<Strip>(() =>
    stripOf(
      {
        policy: policy.value,
        now: changed.value >= 0 ? (rules.inUse?.now ?? null) : null,
        venue: identity?.venue ?? null,
        at: minute.value,
        ageSeconds: rules.ageSeconds(),
        viewer: !writer.value,
        notSaved: unsaved.value > 0 || fitness.value === 'unfit',
        registerDown: !online.value,
        waiting: waiting.value,
        backWith: backWith.value,
      },
      text,
      language.value,
    ),
  );

  const count = async (): Promise<void> => {
    if (!recorder) return;
    const head = await recorder.outbox.head();
    const receipt = await store.newestReceipt();
    confirmed.value = receipt?.counter ?? 0;
    waiting.value = Math.max(0, head.counter - confirmed.value);
    const last = lastEntry.value;
    if (last?.record === 'saved' && last.counter <= confirmed.value)
      lastEntry.value = { ...last, record: 'confirmed' };
  };

  const noteSaved = (appended: Appended, at: number): void => {
    unsaved.value = recorder?.outbox.unsaved ?? 0;
    if (appended.state === 'not-saved') {
      lastEntry.value = { at, counter: 0, record: 'not-saved', voided: false };
      return;
    }
    const { counter, entry } = appended.kept;
    waiting.value = counter - confirmed.value;
    if (entry.kind === 'entry') lastEntry.value = { at, counter, record: 'saved', voided: false };
    upload?.entrySaved();
  };

  const seen = new SeenBefore(store.database);
  const door =
    identity && recorder
      ? new Door({
          identity,
          rules,
          recorder,
          seen,
          speak,
          outlet: {
            show: (next) => {
              view.value = next;
            },
            view: () => view.peek(),
            party: () => party.peek(),
            setParty: (next) => {
              party.value = next;
            },
            language: () => language.peek(),
            saved: noteSaved,
            confirmed: () => confirmed.peek(),
          },
        })
      : null;

  let saidTwo = 0;
  const frames = new Frames(({ texts, dark }) => {
    const seenNow = texts.length > 1 ? 'two' : texts.length === 1 ? 'code' : dark ? 'dark' : 'waiting';
    if (camera.peek().seen !== seenNow) camera.value = { ...camera.peek(), seen: seenNow };
    if (texts.length > 1 && performance.now() - saidTwo > 4_000) {
      saidTwo = performance.now();
      speak.say('two-codes', language.peek());
    }
    const [only] = texts;
    // Only where guests are looked at: while staff type or read a card, the camera says nothing.
    const { name } = view.peek();
    if (texts.length === 1 && only && (name === 'scan' || name === 'verdict')) void door?.see(only);
  });
  const lens = new Camera(
    (state, torch) => {
      camera.value = { ...camera.peek(), state, torch };
    },
    (next) => {
      stream.value = next;
      if (next) frames.start(next);
      else frames.stop();
    },
    stageCamera(),
  );
  const screen = new ScreenStaysOn();

  if (identity && recorder && key) {
    upload = new Upload({
      identity,
      store,
      rules,
      signer: deviceSigner(key),
      onReached: (reached) => {
        online.value = reached;
      },
      onConfirmed: (receipt) => {
        recorder.verified(receipt.hash);
        void count().then(() => {
          door?.confirmed(receipt.counter);
          upload?.counted();
        });
      },
      onBack: (entries) => {
        backWith.value = entries;
        setTimeout(() => {
          backWith.value = null;
        }, BACK_MS);
      },
      waiting: () => waiting.peek(),
    });
  }

  // One tab of a gate drives camera and upload; the others look on.
  const lock = new WriterLock(identity ? toHex(identity.thumbprint).slice(0, 16) : 'none', (isWriter) => {
    writer.value = isWriter;
    if (isWriter) upload?.start();
    else {
      upload?.stop();
      lens.close();
      if (view.peek().name !== 'start') view.value = { name: 'start' };
    }
  });
  if (identity) {
    writer.value = !navigator.locks;
    lock.request();
  }

  // A bundle that was just verified is what the next entries were not made before.
  let anchored = rules.inUse?.digest ?? null;
  effect(() => {
    if (changed.value < 0) return;
    const digest = rules.inUse?.digest ?? null;
    if (digest && (!anchored || !equalBytes(digest, anchored))) recorder?.verified(digest);
    anchored = digest;
  });

  const tick = (): void => {
    const estimate = rules.clock.estimate();
    nowMs.value = estimate === null ? null : Math.floor(estimate.ms);
  };
  tick();
  setInterval(tick, TICK_MS);

  const last = await recorder?.last().catch(() => null);
  await count().catch(() => {});
  if (last) {
    const { counter, enteredAt } = last.entry;
    lastEntry.value = {
      at: enteredAt * 1000,
      counter,
      record: counter <= confirmed.value ? 'confirmed' : 'saved',
      voided: last.voided,
    };
  }

  const kept = storageSelfTest().then((found) => {
    fitness.value = found.fitness;
    return found;
  });
  const tellFacts = async (): Promise<void> => {
    const { fitness: _, ...storage } = await kept;
    const room = await navigator.storage?.estimate?.().catch(() => undefined);
    const use = rules.inUse;
    const offset = rules.clock.offsetMs();
    facts.value = {
      gateKey: identity ? toHex(identity.thumbprint).slice(0, 8) : null,
      gateNo: identity?.gateNo ?? null,
      rules: use && {
        number: use.bundle.sequence,
        confirmedAtMs: (use.now?.issuedAt ?? use.bundle.issuedAt) * 1000,
      },
      clockOffsetMs: offset === null ? null : Math.round(offset),
      ...storage,
      usedBytes: room?.usage ?? storage.usedBytes,
      quotaBytes: room?.quota ?? storage.quotaBytes,
    };
  };
  void tellFacts();

  const look = (): void => {
    void rules.refresh().then(() => upload?.nudge());
    void recorder?.outbox.retryUnsaved().then((left) => {
      unsaved.value = left;
    });
  };
  window.addEventListener('online', look);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') look();
  });
  if (!writer.peek()) setInterval(() => void count().catch(() => {}), 2_000);
  void rules.refresh();

  const gate: Gate = {
    view,
    strip,
    language,
    mode: signal(options.mode ?? 'hand'),
    camera,
    fitness,
    waiting,
    confirmed,
    lastEntry,
    nowMs,
    exercise,
    word,
    venue: signal(
      identity && { name: identity.venue.name, kind: identity.venue.kind, gateName: identity.name },
    ),
    eyeRows: rows,
    online,
    text,
    textIn,
    stream,
    party,
    facts,
    timeZone,
    protectedHours,

    async startShift() {
      if (!door) return;
      const sound = speak.unlock();
      const opening = lens.open();
      void screen.on();
      await Promise.all([sound, opening]);
      door.toScan();
    },
    async endShift() {
      lens.close();
      speak.hush();
      door?.hold();
      await screen.off();
      view.value = { name: 'start' };
    },
    async scanText(code) {
      await door?.scan(code);
    },
    async scanPicture(file) {
      const { texts } = await frames.readFile(file).catch(() => ({ texts: [] as readonly string[] }));
      await door?.picture(texts);
    },
    show(next) {
      if (next === 'scan') return door?.toScan();
      door?.hold();
      if (next === 'more') void tellFacts();
      view.value = { name: next };
    },
    admitByStaff: async (check, subject) => door?.admitByStaff(check, subject),
    recordTyped: async (kind, value) => (await door?.recordTyped(kind, value)) ?? false,
    answer: async (step) => door?.answer(step),
    async voidLast() {
      const newest = await recorder?.last();
      if (!recorder || !newest || newest.voided) return;
      const { counter, enteredAt } = newest.entry;
      const done = await recorder.cancel(counter);
      noteSaved(done, enteredAt * 1000);
      if (done.state === 'not-saved') return;
      await seen.forgetEntry(counter);
      lastEntry.value = { at: enteredAt * 1000, counter, record: 'saved', voided: true };
    },
    setParty(next) {
      party.value = next;
    },
    nextCamera: () => lens.next(),
    setTorch: (on) => lens.setTorch(on),
    playSoundTest: () => speak.test(language.peek()),
    async exportOutbox() {
      const use = rules.inUse;
      const bundle = { sequence: use?.bundle.sequence ?? 0, digest: use?.digest ?? new Uint8Array(32) };
      const content =
        identity && key ? await exportOutbox(store, deviceSigner(key), identity.venueId, bundle) : null;
      return new Blob([JSON.stringify(content)], { type: 'application/json' });
    },
    takeOver: () => lock.takeOver(),
  };
  exposeOnStage(gate);
  return gate;
}

/** Waits for work, but not longer: a gate that has what it needs starts without a network. */
const within = (work: Promise<unknown>, ms: number): Promise<unknown> =>
  Promise.race([work, new Promise((done) => setTimeout(done, ms))]);
