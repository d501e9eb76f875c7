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
}

/** Somebody that the demonstration shows at the door. */
export interface StoryPerson {
  readonly id: string;
  readonly name: Both;
  readonly tag: Both;
  readonly shows: 'wallet' | 'paper';
}

/** What a pack's demonstration tells. Instants are ISO 8601 with an offset. */
export interface Story {
  readonly begins: string;
  readonly venue: { readonly name: Both; readonly kind: string; readonly region: string };
  readonly people: readonly StoryPerson[];
  readonly guests: { readonly people: readonly string[]; readonly button: Both };
  readonly outage: {
    readonly at: string;
    readonly button: Both;
    readonly skips: Both;
    readonly notices: readonly StoryNotice[];
  };
  readonly whatIf: { readonly label: Both; readonly notice: StoryNotice } | null;
  readonly recovery: { readonly button: Both; readonly skips: Both; readonly notice: StoryNotice };
  readonly closing: Both;
  readonly question: Both;
}

/** story.json: what happened, when, and what was published. */
interface Facts {
  readonly start: string;
  readonly venue: {
    readonly name: string;
    readonly nameEn: string;
    readonly kind: string;
    readonly region: string;
  };
  readonly moments: readonly (StoryNotice & { readonly id: string })[];
  readonly people: readonly string[];
  readonly guests: number;
}

/** stage.json: the words of the page that tells it. */
interface Words {
  readonly people: Readonly<
    Record<string, { readonly name: Both; readonly tag: Both; readonly shows?: 'paper' }>
  >;
  readonly guests: Both;
  readonly outage: { readonly button: Both; readonly skips: Both };
  readonly whatIf: Both;
  readonly recovery: { readonly button: Both; readonly skips: Both };
  readonly closing: Both;
  readonly question: Both;
}

/** The story of a pack folder (demonstration/story.json and stage.json), or null where the pack tells none. */
export async function readStory(packFolder: string): Promise<Story | null> {
  const facts = await readJson<Facts>(path.join(packFolder, 'demonstration', 'story.json'));
  const words = await readJson<Words>(path.join(packFolder, 'demonstration', 'stage.json'));
  if (!facts || !words) return null;
  const moment = (id: string) => {
    const found = facts.moments.find((one) => one.id === id);
    if (!found) throw new Error(`story.json has no moment "${id}".`);
    const { at, notice, status, parameters, obligation } = found;
    instantOf(at);
    return {
      at,
      notice,
      status,
      ...(parameters ? { parameters } : {}),
      ...(obligation ? { obligation } : {}),
    };
  };
  const whatIf = facts.moments.some(({ id }) => id === 'what-if');
  return {
    begins: facts.start,
    venue: {
      name: { ko: facts.venue.name, en: facts.venue.nameEn },
      kind: facts.venue.kind,
      region: facts.venue.region,
    },
    people: facts.people.flatMap((id) => {
      const person = words.people[id];
      return person
        ? [{ id, name: person.name, tag: person.tag, shows: person.shows ?? ('wallet' as const) }]
        : [];
    }),
    guests: { people: guestIds(facts.guests), button: words.guests },
    outage: {
      at: moment('outage').at,
      ...words.outage,
      notices: [moment('provisional'), moment('confirmed')],
    },
    whatIf: whatIf ? { label: words.whatIf, notice: moment('what-if') } : null,
    recovery: { ...words.recovery, notice: moment('recovery') },
    closing: words.closing,
    question: words.question,
  };
}

/** The demonstration provider's guests: guest-01, guest-02, … */
const guestIds = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `guest-${String(i + 1).padStart(2, '0')}`);

/** What a file of a pack says; null where there is none. */
export async function readJson<T>(file: string): Promise<T | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** A venue that the pack knows, where it tells no story: its first kind in its first region. */
export async function anyVenue(packFolder: string): Promise<{ name: string; kind: string; region: string }> {
  const venues = await readJson<{ venues: string[] }>(path.join(packFolder, 'venues.json'));
  const regions = await readJson<{ regions: string[] }>(path.join(packFolder, 'regions.json'));
  return { name: 'Munjigi', kind: venues?.venues[0] ?? '', region: regions?.regions[0] ?? '' };
}

/** Milliseconds of an instant of the story. */
export const instantOf = (iso: string): number => {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms)) throw new Error(`story.json: "${iso}" is no instant.`);
  return ms;
};
