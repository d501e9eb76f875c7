import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { PrintedDocument, type Weight } from './document.ts';
import { readTrueType, type TrueType } from './true-type.ts';

export { PrintedDocument, type TextStyle, type Weight } from './document.ts';

const FOLDER = 'pretendard/dist/public/static/alternative';
const FILES = { plain: 'Pretendard-Regular.ttf', strong: 'Pretendard-Bold.ttf' } as const;
let reading: Promise<Readonly<Record<Weight, TrueType>>> | null = null;

/** The typeface of the screens, in the form that printers take. Read once. */
function fonts(): Promise<Readonly<Record<Weight, TrueType>>> {
  const { resolve } = createRequire(import.meta.url);
  const read = async (file: string) => readTrueType(await readFile(resolve(`${FOLDER}/${file}`)));
  reading ??= Promise.all([read(FILES.plain), read(FILES.strong)])
    .then(([plain, strong]) => ({ plain, strong }))
    .catch((error: unknown) => {
      reading = null;
      throw error;
    });
  return reading;
}

/** A document without pages yet. `madeMs` is when it is said to have been made: the same pages of the same moment are the same bytes. */
export async function printedDocument(
  title: string,
  language: string,
  madeMs: number,
): Promise<PrintedDocument> {
  return new PrintedDocument({ title, language, madeMs, fonts: await fonts() });
}
