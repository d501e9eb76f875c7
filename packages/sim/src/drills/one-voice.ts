import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Told } from '../crowd/index.ts';

const LOOK_MS = 1_000;
const LANGUAGES = ['ko', 'en'] as const;
/** Who reads each page, and its files. */
const PAGES = [
  { page: 'status page', reader: 'owner', file: { ko: 'index.html', en: 'en.html' } },
  { page: 'answer card', reader: 'answer', file: { ko: 'answer.html', en: 'answer-en.html' } },
] as const;

/** Reads the pages of the mirror as they change, and compares them with what stood at the doors. */
export class OneVoice {
  readonly #read = new Map<string, Set<string>>();
  readonly #timer: NodeJS.Timeout;

  /** @param mirror folder of the mirror */
  constructor(private readonly mirror: string) {
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    for (const { file } of PAGES)
      for (const name of Object.values(file)) {
        const page = await readFile(join(this.mirror, 'status', name), 'utf8').catch(() => null);
        if (page === null) continue;
        const texts = this.#read.get(name) ?? new Set();
        texts.add(wordsOf(page));
        this.#read.set(name, texts);
      }
  }

  /** A sentence for each page that never said what a gate said. @param told every notice that a gate has shown */
  contradictions(told: readonly Told[]): readonly string[] {
    return told.flatMap((one) =>
      PAGES.flatMap(({ page, reader, file }) =>
        LANGUAGES.filter((language) => {
          const pieces = one[reader][language].map(squeezed);
          const pages = [...(this.#read.get(file[language]) ?? [])];
          return !pages.some((text) => pieces.every((piece) => text.includes(piece)));
        }).map((language) => `${one.notice}: the ${page} (${language}) never said what the gate said`),
      ),
    );
  }
}

const squeezed = (text: string): string => text.replace(/\s+/g, '');

/** The words of a page without its marks and spaces. */
const wordsOf = (page: string): string =>
  squeezed(
    page
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/<[^>]*>/g, '')
      .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
  );
