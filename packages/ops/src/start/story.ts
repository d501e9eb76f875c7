import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** A sentence in both languages. */
export interface Both {
  readonly ko: string;
  readonly en: string;
}

/** A notice of the pack's table, published at a moment of the story. */
export interface StoryNotice {
  readonly at: string;
  readonly notice: string | null;
  readonly status: 'provisional' | 'confirmed';
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly obligation?: string;
  /** Real milliseconds after the click at which it is shown: the minutes between are left out. */
  readonly afterMs: number;
}

/** Somebody that the demonstration shows at the door. */
export interface StoryPerson {
  readonly id: string;
  readonly name: Both;
  readonly tag: Both;
  readonly shows: 'wallet' | 'paper';
}

/** What a pack's demonstration tells: data of the pack (demonstration/story.json), with instants as ISO 8601 with an offset. */
export interface Story {
  readonly begins: string;
  readonly venue: { readonly name: Both; readonly kind: string; readonly region: string };
  readonly people: readonly StoryPerson[];
  readonly guests: { readonly count: number; readonly people: readonly string[]; readonly button: Both };
  readonly stop: {
    readonly at: string;
    readonly button: Both;
    readonly skips: Both;
    readonly notices: readonly StoryNotice[];
  };
  readonly whatIf: { readonly label: Both; readonly notice: StoryNotice } | null;
  readonly recover: {
    readonly at: string;
    readonly button: Both;
    readonly skips: Both;
    readonly notice: StoryNotice;
  };
  readonly closing: { readonly line: Both };
  readonly answer: { readonly question: Both };
}

/** The story of a pack folder, or null where the pack tells none. Throws where the file is not JSON. */
export async function readStory(packFolder: string): Promise<Story | null> {
  let text: string;
  try {
    text = await readFile(path.join(packFolder, 'demonstration', 'story.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  return JSON.parse(text) as Story;
}

/** Milliseconds of an instant of the story. */
export const instantOf = (iso: string): number => {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new Error(`story.json: "${iso}" is no instant.`);
  return ms;
};
