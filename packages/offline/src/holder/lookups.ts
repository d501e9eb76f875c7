import { isMunjigiError } from '@munjigi/core/errors';
import { concerns, openNotified } from '@munjigi/core/log';
import { addDays } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Root } from '@munjigi/core/trust';
import type { HolderStore } from './holder-store.ts';

/** A day's file as a mirror has it: its bytes, `none` where nothing was looked up, null where no mirror answered. */
export type DailySource = (day: string, mirrors: readonly string[]) => Promise<Uint8Array | 'none' | null>;

/** What a wallet knows of lookups. Kept on this phone only. */
interface Known {
  /** Every file up to this day has been read for good. */
  readonly through: string;
  /** The day on which files were last asked for, all with an answer. */
  readonly askedOn: string;
  /** Days on which a pass of this phone was looked up, oldest first. */
  readonly found: readonly string[];
  /** Days that the visitor has read about. */
  readonly seen: readonly string[];
}

const SETTING = 'lookups';
/** A file is read on the two days after its own: tags that came late are not missed. */
const AGAIN_DAYS = 2;
const LARGEST = 9_000_000;

/** Daily files by HTTP. Nothing in the address depends on what the phone holds. */
export function httpDaily(
  fetcher: typeof fetch = (...args) => fetch(...args),
  timeoutMs = 15_000,
): DailySource {
  return async (day, mirrors) => {
    let isNone = false;
    for (const mirror of mirrors) {
      try {
        const answer = await fetcher(`${mirror.replace(/\/$/, '')}/notified/${day}.cose`, {
          signal: AbortSignal.timeout(timeoutMs),
          cache: 'no-cache',
        });
        isNone ||= answer.status === 404;
        if (!answer.ok) continue;
        const bytes = new Uint8Array(await answer.arrayBuffer());
        if (bytes.length <= LARGEST) return bytes;
      } catch {
        // The next mirror may answer.
      }
    }
    return isNone ? 'none' : null;
  };
}

export interface LookupParts {
  readonly store: Pick<HolderStore, 'setting' | 'setSetting' | 'notices' | 'forgetNoticesBefore'>;
  readonly daily: DailySource;
  readonly crypto: Crypto;
}

/** What is true at the moment of looking. */
export interface LookupMoment {
  readonly root: Root;
  readonly mirrors: readonly string[];
  /** Local day of the pack, YYYY-MM-DD. */
  readonly today: string;
  /** First second of the oldest day that the register still keeps. */
  readonly keptFrom: number;
  readonly retentionDays: number;
}

/**
 * Learns whether a pass of this phone was looked up in a case. Once a day the files of the days before are fetched whole, the
 * same ones by every wallet, and compared here with the notice secrets of passes that were shown. No server is told which.
 */
export class Lookups {
  constructor(private readonly parts: LookupParts) {}

  /** Asks for what is due; true where everything was answered. Files that are not the authority's are asked for again. */
  async look(moment: LookupMoment): Promise<boolean> {
    const { store } = this.parts;
    const { today, retentionDays, keptFrom } = moment;
    await store.forgetNoticesBefore(keptFrom);
    const known = (await this.known()) ?? {
      // A wallet that begins today has shown nothing before.
      through: addDays(today, -1),
      askedOn: today,
      found: [],
      seen: [],
    };
    if (known.askedOn >= today) {
      await store.setSetting(SETTING, known);
      return true;
    }
    const notices = await store.notices();
    const oldest = addDays(today, -retentionDays);
    const found = new Set(known.found);
    let through = known.through;
    let all = true;
    for (let day = after(known.through, oldest); day < today; day = addDays(day, 1)) {
      const told = await this.isConcerned(day, moment, notices);
      if (told) found.add(day);
      all &&= told !== null;
      if (all && day <= addDays(today, -AGAIN_DAYS)) through = day;
    }
    const kept = (days: Iterable<string>) => [...days].filter((day) => day >= oldest).sort();
    await store.setSetting(SETTING, {
      through,
      askedOn: all ? today : known.askedOn,
      found: kept(found),
      seen: kept(known.seen),
    } satisfies Known);
    return all;
  }

  /** The newest day that the visitor has not read about, or null. */
  async untold(): Promise<string | null> {
    const known = await this.known();
    return known?.found.filter((day) => !known.seen.includes(day)).at(-1) ?? null;
  }

  /** The visitor has read it. */
  async seen(): Promise<void> {
    const known = await this.known();
    if (known) await this.parts.store.setSetting(SETTING, { ...known, seen: known.found });
  }

  private known(): Promise<Known | undefined> {
    return this.parts.store.setting<Known>(SETTING);
  }

  private async isConcerned(
    day: string,
    { root, mirrors }: LookupMoment,
    notices: readonly Uint8Array[],
  ): Promise<boolean | null> {
    const bytes = await this.parts.daily(day, mirrors);
    if (bytes === null || bytes === 'none') return bytes && false;
    try {
      const file = await openNotified(bytes, root, this.parts.crypto);
      return file.day === day ? concerns(file, notices) : null;
    } catch (error) {
      if (isMunjigiError(error)) return null;
      throw error;
    }
  }
}

const after = (through: string, oldest: string): string => {
  const next = addDays(through, 1);
  return next > oldest ? next : oldest;
};
