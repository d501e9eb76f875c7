import path from 'node:path';
import { type Both, instantOf, readJson } from './story.ts';

/** A minute of the record of outages, and the notice of the pack's table that would have been said in it. */
export interface RecordMinute {
  /** Name of the outage: its file in the pack's drills/. */
  readonly drill: string;
  /** ISO 8601 with an offset. */
  readonly at: string;
  readonly title: Both;
  readonly happened: Both;
  /** Key of the pack's SOURCES.md. */
  readonly source: string;
  readonly notice: string;
  readonly status: 'provisional' | 'confirmed';
  readonly obligation?: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** The notice of a world whose passes lie on phones, where that is another. */
  readonly today?: string;
}

type Minute = Omit<RecordMinute, 'title' | 'happened' | 'source' | 'today'>;

interface Drill {
  readonly title: Both;
  readonly happened: Both;
  readonly source: string;
  readonly notice: string | null;
  readonly noticeThen?: string;
}

/**
 * The minutes of a pack's record in their order: demonstration/record.json says when what was said, drills/ what happened.
 * Empty where the pack keeps no record.
 */
export async function readRecord(packFolder: string): Promise<readonly RecordMinute[]> {
  const minutes = await readJson<Minute[]>(path.join(packFolder, 'demonstration', 'record.json'));
  const record = await Promise.all(
    (minutes ?? []).map(async (minute): Promise<RecordMinute> => {
      const file = path.join(packFolder, 'drills', `${minute.drill}.json`);
      const drill = await readJson<Drill>(file);
      if (!drill) throw new Error(`record.json names an outage that has no file: ${file}`);
      const { title, happened, source, notice, noticeThen } = drill;
      const differs = notice !== null && noticeThen !== undefined && notice !== noticeThen;
      return { ...minute, title, happened, source, ...(differs ? { today: notice } : {}) };
    }),
  );
  return record.sort((a, b) => instantOf(a.at) - instantOf(b.at));
}
