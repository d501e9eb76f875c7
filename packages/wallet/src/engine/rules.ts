import { toHex } from '@munjigi/core/encoding';
import { compilePolicy, type Policy } from '@munjigi/core/rules';
import type { Bundle, Now } from '@munjigi/core/trust';
import { SPREAD_MS, spread } from '@munjigi/offline';
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Holder } from '../holder.ts';

/** What counts, as the authority signed it: the pack, and the small document that goes ahead of it. */
export interface Rules {
  readonly policy: ReadonlySignal<Policy | null>;
  /** The published document, or null while nothing was ever read. */
  readonly published: ReadonlySignal<Now | null>;
  /** Since when no mirror answers, in seconds; null while one does, or while one try alone failed. */
  readonly cutOffSince: ReadonlySignal<number | null>;
  /** Issuer keys (hex) that the bundle in use withdraws. */
  readonly withdrawn: ReadonlySignal<ReadonlySet<string>>;
  /** Age of the rules in seconds since they were last confirmed; null without rules. */
  ageSeconds(): number | null;
  /** Called after a clock of the story jumped. */
  onJump(call: () => void): void;
  /** Asks the mirrors once. */
  refresh(): Promise<void>;
  /** Asks again and again while `shown` says so; a wallet never asks in the background. */
  watch(shown: () => boolean): () => void;
}

const EVERY_MS = 60_000;
/** In an exercise the moment that is played may jump: somebody is watching. */
const EVERY_IN_EXERCISE_MS = 3_000;

export async function openRules({ rules, clock }: Holder): Promise<Rules> {
  const policy = signal<Policy | null>(null);
  const published = signal<Now | null>(null);
  const withdrawn = signal<ReadonlySet<string>>(new Set());
  const cutOffSince = signal<number | null>(null);
  let silentSince: number | null = null;
  const jumps: (() => void)[] = [];
  let compiled: Bundle | null = null;

  const take = () => {
    const use = rules.current;
    if (!use) return;
    const before = clock.estimate()?.ms ?? 0;
    clock.follow(use.clock);
    clock.notBefore(Math.max(use.bundle.issuedAt, use.now?.issuedAt ?? 0) * 1000);
    if (compiled !== use.bundle) {
      policy.value = compilePolicy(use.bundle.pack);
      compiled = use.bundle;
      const dead = use.bundle.issuers.filter((issuer) => issuer.withdrawn).map(({ kid }) => toHex(kid));
      if (dead.join() !== [...withdrawn.peek()].join()) withdrawn.value = new Set(dead);
    }
    published.value = use.now;
    if (Math.abs((clock.estimate()?.ms ?? before) - before) > 2_000) for (const call of jumps) call();
  };

  const asked = (reached: boolean): void => {
    cutOffSince.value = reached ? null : silentSince;
    if (reached) silentSince = null;
    else silentSince ??= Math.floor((clock.estimate()?.ms ?? Date.now()) / 1000);
  };

  await rules.load();
  take();

  // who asks while an answer is under way may know of something newer: then it is asked once more
  let running: Promise<void> | null = null;
  let again = false;
  const refresh = (): Promise<void> => {
    again = true;
    running ??= (async () => {
      while (again) {
        again = false;
        const { changed, reached } = await rules.refresh();
        if (changed) take();
        asked(reached);
      }
    })().finally(() => {
      running = null;
    });
    return running;
  };
  return {
    policy,
    published,
    cutOffSince,
    withdrawn,
    ageSeconds: () => rules.ageSeconds(),
    onJump: (call) => void jumps.push(call),
    refresh,
    watch(shown) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let ended = false;
      const again = async () => {
        if (shown()) await refresh().catch(() => undefined);
        const every = policy.value?.exercise ? EVERY_IN_EXERCISE_MS : EVERY_MS;
        if (!ended) timer = setTimeout(again, every);
      };
      timer = setTimeout(again, 0);
      const seen = () => {
        if (shown()) void refresh().catch(() => undefined);
      };
      document.addEventListener('visibilitychange', seen);
      // The network came back for a whole town.
      const back = spread(seen, () => (policy.value?.exercise ? 1_000 : SPREAD_MS.back));
      addEventListener('online', back.soon);
      return () => {
        ended = true;
        back.stop();
        clearTimeout(timer);
        document.removeEventListener('visibilitychange', seen);
        removeEventListener('online', back.soon);
      };
    },
  };
}
