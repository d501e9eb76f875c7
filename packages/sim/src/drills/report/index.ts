import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DRILLS } from '../list.ts';
import { recordOf } from '../record.ts';
import type { Played } from '../types.ts';
import { type KeptDrill, keep } from './kept.ts';
import { drillPage, indexPage } from './page.ts';

const ROOT = new URL('../../../../../', import.meta.url);
const FOLDER = fileURLToPath(new URL('docs/drills/', ROOT));
const SOURCES = fileURLToPath(new URL('policies/kr-2022/SOURCES.md', ROOT));

/** Keeps what a drill came to, and makes its page and the page that leads to all. */
export function writeReport(played: Played): void {
  mkdirSync(FOLDER, { recursive: true });
  const day = new Date().toISOString().slice(0, 10);
  const kept = keep(played, { machine: `${cpus().length} cores`, node: process.version, day });
  writeFileSync(join(FOLDER, `${kept.line.name}.json`), `${JSON.stringify(kept)}\n`);
  writePages();
}

/** Makes all pages again from what was kept; answers how many. */
export function writePages(): number {
  const sources = readFileSync(SOURCES, 'utf8');
  const all = DRILLS.flatMap(({ name }) => {
    const file = join(FOLDER, `${name}.json`);
    if (!existsSync(file)) return [];
    return [{ record: recordOf(name), kept: JSON.parse(readFileSync(file, 'utf8')) as KeptDrill }];
  });
  for (const { record, kept } of all)
    writeFileSync(join(FOLDER, `${kept.line.name}.html`), drillPage(record, kept, sources));
  writeFileSync(join(FOLDER, 'index.html'), indexPage(all));
  return all.length;
}
