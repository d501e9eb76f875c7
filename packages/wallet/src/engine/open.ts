import { calendarOf } from '@munjigi/core/rules';
import { type HeldPass, inTurn, storageSelfTest, type Waiting } from '@munjigi/offline';
import type { Appearance } from '@munjigi/ui/appearance';
import { isTextKey, t } from '@munjigi/ui/texts';
import { batch, computed, effect, type Signal, signal } from '@preact/signals';
import { heldCertificates, openHolder, problemOf } from '../holder.ts';
import type { ProviderPerson, Stage, View, Wallet } from '../model.ts';
import { clockText, dayText, timeText } from './dates.ts';
import { openDiary } from './diary.ts';
import { openDrawing } from './drawing.ts';
import { openDue } from './due.ts';
import { type Enrolling, enrolPerson, renewBatch } from './enrolment.ts';
import { openLookups } from './lookups.ts';
import { noticeOf } from './notice.ts';
import { notificationState, openReminding } from './reminding.ts';
import { openRules } from './rules.ts';
import { signOf } from './sign-of-minute.ts';
import { followSignedWord, isConcerned } from './signed-word.ts';
import { finishSignIn, goSignIn, type SignedIn } from './signing-in.ts';
import { cards, endOf, type HeldCertificate, standing, useful } from './standing.ts';
import { openTicker } from './ticker.ts';
import { openVisiting } from './visiting.ts';
import { keepAwake } from './wake-lock.ts';

export interface Opening {
  readonly look: Appearance;
  readonly profile: string | null;
  readonly install: Signal<(() => void) | null>;
  readonly update: Signal<(() => void) | null>;
  /** Whether new passes are fetched unasked when some are due; the demonstration keeps the batches of its story. */
  readonly renewsItself: boolean;
  /** What a provider's page came back with, where this page was opened by one. */
  readonly answer?: string | null;
  /** The address that a poster's code opened, or null. */
  readonly poster?: string | null;
}

export interface OpenWallet extends Wallet {
  /** Tells one opening from another. */
  readonly serial: number;
  /** Enrols at another instant of the story; see `enrolPerson`. */
  enrolAt(person: string, issuedAt?: number): Promise<void>;
  /** Looks for new documents now. */
  refresh(): Promise<void>;
  close(): void;
}

let opened = 0;

/** Opens the wallet of this phone (or of a profile). Works without any network once something was received. */
export async function openWallet({
  look,
  profile,
  install,
  update,
  renewsItself,
  answer = null,
  poster = null,
}: Opening): Promise<OpenWallet> {
  const holder = openHolder(profile);
  const { store, issuer } = holder;
  const { language } = look;
  const rules = await openRules(holder);
  const { policy } = rules;
  const ticker = openTicker(holder.clock);
  const zone = computed(
    () => policy.value?.calendar ?? calendarOf(Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'),
  );
  const seconds = computed(() => Math.floor(ticker.nowMs.value / 1000));
  const minute = computed(() => Math.floor(seconds.value / 60) * 60);
  const today = computed(() => zone.value.dateOf(minute.value));

  const stage = signal<Stage>('opening');
  const view = signal<View>('qr');
  const person = signal<Wallet['person']['value']>(null);
  const certificates = signal<readonly HeldCertificate[]>([]);
  const passes = signal<readonly HeldPass[]>([]);
  const people = signal<readonly ProviderPerson[] | null>(null);
  const providers = signal<Wallet['providers']['value']>([]);
  const signedIn = signal<SignedIn | null>(null);
  const waiting = signal<Waiting | null>(null);
  const onWaiting = (now: Waiting | null): void => {
    waiting.value = now;
  };
  const busy = signal(false);
  const problem = signal<string | null>(null);
  const notifications = signal(notificationState());
  const reminding = openReminding(store);
  const lookups = openLookups(holder, policy);
  const awake = keepAwake();

  // the pack's own wording goes first: it may say more than the neutral one
  const text: Wallet['text'] = (key, parameters) => {
    const pack = policy.value;
    if (pack?.hasText(language.value, key)) return pack.text(language.value, key, parameters);
    return isTextKey(key) ? t(language.value, key, parameters) : '';
  };
  const drawing = openDrawing({
    store,
    ticker,
    timeOf: (at) => timeText(zone.peek(), at),
    onShown: (_, at) => void store.addToDiary(at).then(diary.read),
  });

  const diary = openDiary({ store, ticker, policy, zone, language });
  const visiting = openVisiting({
    holder,
    visits: holder.visits(() => void visiting.refresh()),
    policy,
    ticker,
    timeOf: (at) => timeText(zone.peek(), at),
    refreshRules: () => rules.refresh(),
    onWritten: () => void diary.read(),
    onPoster: () => {
      view.value = 'poster';
    },
  });

  const readHolder = async () => {
    const [enrolment, held] = await Promise.all([store.enrolment(), store.passes()]);
    batch(() => {
      person.value = enrolment?.person ?? null;
      certificates.value = heldCertificates(enrolment?.certificates ?? []);
      passes.value = held;
      stage.value = enrolment && held.length > 0 ? 'open' : 'enrol';
    });
  };

  /** One errand to the issuer at a time; what went wrong becomes a sentence. */
  const errand = async (work: () => Promise<void>, quiet = false): Promise<void> => {
    if (busy.peek()) return;
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      const key = problemOf(error);
      if (!quiet) problem.value = text(key);
    } finally {
      busy.value = false;
    }
  };
  const renew = async () => {
    await renewBatch(holder, policy.peek(), ticker.read() / 1000, onWaiting);
    await readHolder();
    await drawing.redraw();
  };
  const enrolAs = (who: Enrolling) =>
    errand(async () => {
      if (!policy.peek()) await rules.refresh();
      // Who signed in may do so once: whatever comes of it, the next try begins at the provider.
      signedIn.value = null;
      await enrolPerson(holder, who, policy.peek(), ticker.read() / 1000, onWaiting);
      await readHolder();
      view.value = visiting.visiting.peek().state === 'found' ? 'poster' : 'qr';
      await drawing.redraw();
    });

  const visible = signal(!document.hidden);
  const seen = () => {
    visible.value = !document.hidden;
  };
  document.addEventListener('visibilitychange', seen);
  const due = openDue({
    policy,
    today,
    isSeen: () => stage.value === 'open' && visible.value,
    renew: () => void errand(renew, true),
    look: lookups.look,
  });
  const stops = [
    effect(() => {
      const shown = visible.value && stage.value === 'open' && view.value === 'qr';
      drawing.show(shown);
      awake(visible.value && stage.value === 'open' && (view.value === 'qr' || view.value === 'certificate'));
    }),
    effect(() => {
      const now = minute.value;
      const pack = policy.value;
      if (pack && stage.value === 'open')
        void reminding.look(pack, language.value, endOf(certificates.value, now), now);
    }),
    ...followSignedWord(store, rules, minute, () => void drawing.redraw()),
    effect(() => {
      const now = minute.value;
      if (!isConcerned(passes.value, rules) || !renewsItself || !visible.value || stage.value !== 'open')
        return;
      void store.renewalDue(now).then((isDue) => isDue && due.renewal());
    }),
    rules.watch(() => !document.hidden),
    () => document.removeEventListener('visibilitychange', seen),
    due.stop,
    visiting.close,
    () => ticker.close(),
    () => drawing.close(),
    () => awake(false),
  ];
  rules.onJump(() => void drawing.redraw());

  const moment = computed(
    () => policy.value && { policy: policy.value, language: language.value, now: minute.value },
  );

  const wallet: OpenWallet = {
    serial: ++opened,
    look,
    stage,
    view,
    person,
    nowMs: ticker.nowMs as Wallet['nowMs'],
    clock: computed(() => clockText(zone.value, seconds.value * 1000)),
    sign: signOf(rules, seconds, language),
    code: drawing.code as Wallet['code'],
    standing: computed(() =>
      moment.value
        ? standing(moment.value, certificates.value)
        : { state: 'usable', sentence: '', why: '', next: '', also: '', span: null, number: 101 },
    ),
    certificates: computed(() => (moment.value ? cards(moment.value, certificates.value) : [])),
    useful: computed(() =>
      moment.value ? useful(moment.value, certificates.value, person.value?.birthDate ?? '') : [],
    ),
    notice: computed(() =>
      policy.value
        ? noticeOf(
            policy.value,
            { now: rules.published.value, cutOffSince: rules.cutOffSince.value },
            minute.value,
            language.value,
          )
        : null,
    ),
    reminder: reminding.banner,
    lookup: lookups.sentence(language),
    diary: diary.lines as Wallet['diary'],
    ...visiting.forScreens,
    retentionDays: computed(() => policy.value?.retentionDays ?? 0),
    exercise: computed(() => policy.value?.exercise ?? false),
    people,
    providers,
    signedIn,
    waiting: computed(() => {
      const now = waiting.value;
      if (!now) return null;
      const key = now.minutes === null ? 'wallet.queue.unknown' : 'wallet.queue';
      return text(key, { place: now.place, minutes: now.minutes ?? 0 });
    }),
    busy,
    problem,
    update,
    install,
    notifications,
    passes: computed(() => {
      const live = passes.value.filter((pass) => pass.expiresAt > minute.value);
      const last = Math.max(0, ...live.map((pass) => pass.expiresAt));
      return {
        fresh: live.filter((pass) => pass.shownAt === null).length,
        until:
          live.length === 0
            ? null
            : t(language.value, 'wallet.until', { when: dayText(language.value, zone.value, last - 1) }),
      };
    }),
    text,
    show(next) {
      problem.value = null;
      if (next === 'diary') void Promise.all([diary.read(), visiting.refresh()]);
      if (next === 'more')
        void store.passes().then((held) => {
          passes.value = held;
        });
      view.value = next;
    },
    setLane: (lane) => drawing.setLane(lane),
    loadPeople: () =>
      errand(async () => {
        [people.value, providers.value] = await Promise.all([issuer.people(), issuer.providers()]);
      }),
    enrol: (who) => enrolAs({ person: who }),
    enrolAt: (person, issuedAt) => enrolAs({ person, issuedAt }),
    signIn: (provider) => errand(() => goSignIn(issuer, provider)),
    async enrolSignedIn() {
      const who = signedIn.peek();
      if (who) await enrolAs(who);
    },
    forgetSignIn() {
      signedIn.value = null;
    },
    renew: () => errand(renew),
    printPaper: () => {
      // opened in the tap itself: browsers stop windows that open later
      const page = window.open('', '_blank');
      return errand(async () => {
        const enrolment = await store.enrolment();
        if (!enrolment) return;
        const ask = () => issuer.paperPass(enrolment.enrolment);
        const { html } = await inTurn(issuer, enrolment.enrolment, 'paper', ask, onWaiting);
        if (page) page.location.href = html;
        else location.href = html;
      }).finally(() => {
        if (problem.peek()) page?.close();
      });
    },
    async askNotifications() {
      await Notification.requestPermission();
      notifications.value = notificationState();
    },
    dismissReminder: () => void reminding.seen(),
    dismissLookup: () => void lookups.seen(),
    lookForPoster() {
      visiting.again();
      view.value = 'poster';
    },
    notePlace: diary.notePlace,
    forget: diary.forget,
    forgetAll: diary.forgetAll,
    refresh: () => rules.refresh(),
    close() {
      for (const stop of stops) stop();
    },
  };

  const facts = await storageSelfTest();
  if (facts.fitness === 'unfit') {
    stage.value = 'unusable';
    return wallet;
  }
  await readHolder();
  await diary.read();
  if (poster !== null && (await visiting.take(poster))) view.value = 'poster';
  void visiting.refresh();
  if (answer !== null)
    await errand(async () => {
      signedIn.value = await finishSignIn(issuer, answer);
    });
  // Somebody who was waiting for a turn closed the wallet: it goes on from the same place.
  if (renewsItself && answer === null && stage.peek() === 'enrol' && (await store.enrolment()))
    void errand(renew);
  if (
    renewsItself &&
    stage.peek() === 'open' &&
    (await store.renewalDue(ticker.read() / 1000, policy.peek()?.pack.passes.renewBelow))
  )
    void errand(renew, true);
  return wallet;
}
