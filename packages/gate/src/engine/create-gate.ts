import { equalBytes, toHex } from '@munjigi/core/encoding';
import { isStatementText, type Unreachable } from '@munjigi/core/statement';
import {
  CutOff,
  countOf,
  exportDevice,
  type GateIdentity,
  openGateStore,
  Pin,
  Recorder,
  SeenBefore,
  type Speak,
  storageSelfTest,
  WriterLock,
} from '@munjigi/offline';
import { computed, effect, type Signal, signal } from '@preact/signals';
import type { Gate } from '../model.ts';
import { Degraded } from './degraded.ts';
import { deviceFacts } from './device-facts.ts';
import { Door } from './door.ts';
import { identityOf, startsOver } from './enrolment.ts';
import { gateRules } from './gate-rules.ts';
import { gateSignals } from './gate-signals.ts';
import { joining } from './joining.ts';
import { Ledger } from './ledger.ts';
import { looksAgain } from './looks-again.ts';
import { openOtherWays } from './other-ways.ts';
import { Sight } from './sight.ts';
import { Staff } from './staff.ts';
import { exposeOnStage } from './stage.ts';
import { StillHeld } from './still-held.ts';
import { TroubleSaid } from './trouble.ts';
import { Upload } from './upload.ts';
import { ScreenStaysOn } from './wake-lock.ts';
import { whatCounts } from './what-counts.ts';

export interface GateOptions {
  /** Language of the screen; the switch on the screen sets it. */
  readonly language: Signal<'ko' | 'en'>;
  readonly speak: Speak;
  readonly mode?: 'hand' | 'kiosk';
  /** Fragment of the address, where an enrolment link has its values. */
  readonly hash?: string;
}

const TICK_MS = 250;
const TIDY_MS = 600_000;
/** How long the news stands that everything has reached the register after an outage. */
const BACK_MS = 12_000;
/** A first start waits so long for the mirrors; later starts wait for nobody. */
const FIRST_ANSWER_MS = 6_000;
const LOCK_MS = 400;

/** Makes the gate of this device: reads back what it keeps, joins its venue if asked to, and works from then on without any server. */
export async function createGate(options: GateOptions): Promise<Gate> {
  const { language, speak } = options;
  const hash = options.hash ?? location.hash;
  const signals = gateSignals();
  const store = openGateStore();
  let upload: Upload | null = null;
  let degraded: Degraded | null = null;

  const cutOff = new CutOff();
  const asked = (what: Unreachable, answered: boolean): void => {
    degraded?.asked(what, answered);
    cutOff.asked(what, answered, Math.floor((rules.clock.estimate()?.ms ?? Date.now()) / 1000));
    signals.cutOffSince.value = cutOff.since;
  };
  let mirrors = true;
  const rules = await gateRules(store, () => {
    signals.rulesSeen.value += 1;
    upload?.rulesChanged();
    if (!signals.writer.peek()) return;
    asked('mirrors', rules.reached);
    degraded?.rulesChanged();
    // A gate with nothing to send asks the register rarely: now it matters whether that one answers.
    if (mirrors && !rules.reached) upload?.nudge();
    mirrors = rules.reached;
  });
  const joins = hash.includes('enrol=');
  if (!rules.inUse || joins) await within(rules.refresh(), FIRST_ANSWER_MS);
  if (await startsOver(store, rules, hash)) {
    await rules.startOver(() => store.destroy());
    await within(rules.refresh(), FIRST_ANSWER_MS);
  }
  const identity = await identityOf(store, hash);
  if (identity && joins) history.replaceState(null, '', `${location.pathname}${location.search}`);

  // After a fork this device has another key; venue and name stay.
  let me: GateIdentity | null = identity;
  const nowIs = (next: GateIdentity | null): void => {
    me = next;
    const { at, wasOwner = false } = next?.succeeds ?? {};
    signals.renewed.value = at === undefined ? null : { at, wasOwner: wasOwner && next?.role !== 'owner' };
  };
  nowIs(identity);
  const takeWays = await openOtherWays(store, signals);

  degraded = identity && new Degraded(store, rules, () => me);
  const counts = whatCounts(signals, rules, identity, language);
  const seen = new SeenBefore(store.database);
  const key = identity && (await store.gateKey());
  const recorder = identity && new Recorder({ identity, store, rules });
  const ledger = recorder && new Ledger(signals, store, recorder, seen, () => upload?.entrySaved());
  const door =
    identity && recorder && ledger
      ? new Door({
          identity,
          rules,
          recorder,
          seen,
          speak,
          outlet: {
            show: (next) => {
              signals.view.value = next;
            },
            view: () => signals.view.peek(),
            party: () => signals.party.peek(),
            setParty: (next) => {
              signals.party.value = next;
            },
            language: () => language.peek(),
            saved: (appended, at) => ledger.saved(appended, at),
            confirmed: () => signals.confirmed.peek(),
            letIn: (check, why) => void degraded?.hours.letIn(countOf(check), why),
            saw: (kind) => void degraded?.hours.saw(kind),
          },
        })
      : null;
  const staff = door && new Staff(door);
  const join = joining({ store, rules, signals, identity: () => me, onJoined: () => location.reload() });
  // An inspector's device reads what others state, as it reads passes: by camera, picture or scanner.
  const readStatement = async (text: string): Promise<void> => {
    door?.screen.stay();
    await degraded?.readCode(text, () => {
      signals.view.value = { name: 'statements' };
    });
  };
  const held = new StillHeld();
  const sight = new Sight(
    signals,
    speak,
    () => language.peek(),
    (text) => {
      if (!isStatementText(text)) door?.see(text);
      else if (!held.isSeenAgain(text)) void readStatement(text);
    },
    (text) => void join.seen(text),
  );
  const screen = new ScreenStaysOn();
  const trouble = identity && new TroubleSaid(store, rules, identity);
  const pin = new Pin(store);

  if (identity && recorder && ledger && key) {
    upload = new Upload({
      store,
      rules,
      onReached: (reached) => {
        signals.online.value = reached;
        if (reached) void trouble?.retry().catch(() => {});
        asked('register', reached);
      },
      onConfirmed: (receipt) => {
        recorder.verified(receipt.hash);
        void ledger.count().then(() => {
          door?.screen.confirmed(receipt.counter);
          upload?.counted();
        });
      },
      onBack: (entries) => {
        signals.backWith.value = entries;
        setTimeout(() => {
          signals.backWith.value = null;
        }, BACK_MS);
      },
      waiting: () => signals.waiting.peek(),
      onNews: (news) => {
        signals.news.value = news;
        takeWays(news);
        if (news.pin) void pin.follow(news.pin).catch(() => {});
      },
      onOlderMoved: () => void ledger.count().then(() => upload?.counted()),
      onRenewed(next) {
        nowIs(next);
        // What was said of the key before is not said of this one.
        signals.news.value = null;
        staff?.forget();
        recorder.renewed();
        signals.justRenewed.value = true;
        setTimeout(() => {
          signals.justRenewed.value = false;
        }, BACK_MS);
        void ledger.renewed().catch(() => {});
        void tellFacts();
      },
      onIntroduced(unconfirmed) {
        signals.unseen.value = false;
        signals.refused.value = unconfirmed;
      },
    });
  }

  signals.unseen.value = identity?.delegation !== undefined;

  // One tab of a gate drives camera and upload; the others look on.
  const lock = new WriterLock(identity ? toHex(deviceOf(identity)).slice(0, 16) : 'none', (isWriter) => {
    signals.writer.value = isWriter;
    if (isWriter) {
      // The tab that drove the gate before may have given it a new key.
      void store.identity().then(nowIs, () => {});
      return upload?.start();
    }
    upload?.stop();
    sight.camera.close();
    if (signals.view.peek().name !== 'start') signals.view.value = { name: 'start' };
  });
  if (identity) {
    lock.request();
    await within(lock.settled(), LOCK_MS);
    signals.writer.value = lock.isWriter;
  }

  // A bundle that was just verified is what the next entries were not made before.
  let anchored = rules.inUse?.digest ?? null;
  effect(() => {
    const digest = signals.rulesSeen.value >= 0 ? (rules.inUse?.digest ?? null) : null;
    if (digest && (!anchored || !equalBytes(digest, anchored))) recorder?.verified(digest);
    anchored = digest;
  });

  const tick = (): void => {
    const estimate = rules.clock.estimate();
    signals.nowMs.value = estimate === null ? null : Math.floor(estimate.ms);
  };
  tick();
  setInterval(tick, TICK_MS);
  await ledger?.readBack().catch(() => {});

  const tidy = (): void => {
    degraded?.tidy();
    const estimate = rules.clock.estimate();
    if (estimate) void seen.expire(Math.floor(estimate.ms / 1000)).catch(() => {});
  };
  tidy();
  setInterval(tidy, TIDY_MS);

  const storage = storageSelfTest();
  const tellFacts = async (): Promise<void> => {
    const kept = await storage;
    signals.fitness.value = kept.fitness;
    signals.facts.value = await deviceFacts(await store.identity(), rules, kept);
  };
  void tellFacts();

  looksAgain({ rules, ledger, lock, upload: () => upload });

  const gate: Gate = {
    ...signals,
    ...counts,
    language,
    mode: signal(options.mode ?? 'hand'),
    venue: computed(
      () =>
        identity && {
          name: identity.venue.name,
          kind: identity.venue.kind,
          gateName: signals.news.value?.name || identity.name,
        },
    ),
    joining: join,
    lock: pin,
    ...(degraded && { statements: degraded }),
    ...(trouble && { trouble }),
    openCamera: () => sight.camera.open(),

    async startShift() {
      if (!door) return;
      // All within the tap: sound, camera and screen are what browsers open only then.
      const ready = [speak.unlock(), sight.camera.open(), screen.on()];
      await Promise.all(ready);
      door.toScan();
    },
    async endShift() {
      sight.camera.close();
      speak.hush();
      door?.screen.stay();
      await screen.off();
      signals.view.value = { name: 'start' };
    },
    async scanText(code) {
      const { name } = signals.view.peek();
      // A scanner that types reads these codes as well as the camera does.
      if (name === 'join' || name === 'let-in') return join.seen(code);
      if (isStatementText(code.trim())) return readStatement(code.trim());
      await door?.scan(code);
    },
    async scanPicture(file) {
      const texts = await sight.readFile(file);
      const [only] = texts;
      if (texts.length === 1 && only && isStatementText(only)) return readStatement(only);
      await door?.picture(texts);
    },
    show(next) {
      if (next === 'scan') {
        held.lookedAway();
        staff?.forget();
        return door?.toScan();
      }
      door?.screen.stay();
      if (next === 'more') void tellFacts();
      if (next === 'statements' && degraded) degraded.read.value = null;
      if (next === 'start') sight.camera.close();
      signals.view.value = { name: next };
    },
    admitByStaff: async (check, subject, seen) => staff?.admit(check, subject, seen),
    recordTyped: async (kind, value) => (await staff?.type(kind, value)) ?? false,
    recordCalled: async () => staff?.called(),
    answer: async (step) => staff?.answer(step),
    voidLast: async () => ledger?.voidLast(),
    setParty(next) {
      signals.party.value = next;
    },
    nextCamera: () => sight.camera.next(),
    setTorch: (on) => sight.camera.setTorch(on),
    playSoundTest: () => speak.test(language.peek()),
    async exportOutbox() {
      const bundle = {
        sequence: rules.inUse?.bundle.sequence ?? 0,
        digest: rules.inUse?.digest ?? new Uint8Array(32),
      };
      const content = identity && key ? await exportDevice(store, bundle) : null;
      return new Blob([JSON.stringify(content)], { type: 'application/json' });
    },
    takeOver: () => lock.takeOver(),
  };
  exposeOnStage(gate);
  return gate;
}

/** The device stays one through all its keys: its tabs go by the first. */
const deviceOf = ({ succeeds, thumbprint }: GateIdentity): Uint8Array => succeeds?.device ?? thumbprint;

/** Waits for work, but not longer: a gate that has what it needs starts without a network. */
const within = (work: Promise<unknown>, ms: number): Promise<unknown> =>
  Promise.race([work, new Promise((done) => setTimeout(done, ms))]);
