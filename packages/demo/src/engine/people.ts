import type { StoryPerson } from '../story.ts';

const SHOWN = 4;

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly nameEn?: string;
  readonly tag: string;
  readonly tagEn?: string;
}

/** The first people of the demonstration's provider: where no story names its own. */
export async function listPeople(): Promise<StoryPerson[]> {
  const answer = await fetch('/api/issuer/people', { cache: 'no-store' });
  if (!answer.ok) return [];
  const people = (await answer.json()) as Listed[];
  return people.slice(0, SHOWN).map(({ id, name, nameEn, tag, tagEn }) => ({
    id,
    name: { ko: name, en: nameEn ?? name },
    tag: { ko: tag, en: tagEn ?? tag },
    shows: 'wallet',
  }));
}
