import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MunjigiError } from '@munjigi/core/errors';

type Json = Record<string, unknown>;

/** Lists that a pack keeps in several dated files, read in the order of their file names: the last rule that matches decides. */
const LISTS = { entitlement: ['entitlement'], admission: ['admission', 'grace', 'extensions'] } as const;
const FILES = [
  'pack',
  'kinds',
  'venues',
  'regions',
  'recording',
  'notices',
  'sightings',
  'penalties',
] as const;

/**
 * Reads a policy pack, a folder as `policies/kr-2022` or one JSON file, into the one plain object that `compilePolicy`
 * takes and a trust bundle carries. Folders beside the rules (demonstration, vectors, SOURCES.md) are not part of it.
 * Throws `policy.unknown` where there is no such folder or file, `policy.structure` naming a file that is not JSON.
 */
export function readPackFolder(path: string): unknown {
  let isFile: boolean;
  try {
    isFile = statSync(path).isFile();
  } catch (cause) {
    throw new MunjigiError(
      'policy.unknown',
      `There is no policy pack at ${path}: name a pack's folder or its JSON file.`,
      { cause },
    );
  }
  if (isFile) return readJson(path);

  const pack: Json = {};
  for (const name of FILES) Object.assign(pack, readJson(join(path, `${name}.json`)));
  for (const [folder, lists] of Object.entries(LISTS)) {
    for (const list of lists) pack[list] = [];
    for (const file of jsonFiles(join(path, folder))) {
      for (const [list, rows] of Object.entries(readJson(file))) {
        const known = pack[list];
        if (!(lists as readonly string[]).includes(list) || !Array.isArray(known) || !Array.isArray(rows)) {
          throw new MunjigiError(
            'policy.structure',
            `Policy pack, ${file}: holds lists named ${lists.join(', ')} and nothing else.`,
          );
        }
        known.push(...rows);
      }
    }
  }
  pack.texts = Object.fromEntries(
    jsonFiles(join(path, 'texts')).map((file) => [languageOf(file), readJson(file)]),
  );
  return pack;
}

const languageOf = (file: string): string => file.replace(/^.*[\\/]/, '').replace(/\.json$/, '');

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    throw new MunjigiError('policy.structure', `Policy pack: the folder ${folder} is missing.`, { cause });
  }
}

function readJson(file: string): Json {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Json;
  } catch (cause) {
    throw new MunjigiError('policy.structure', `Policy pack: ${file} is missing or is not JSON.`, { cause });
  }
}
