import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Side } from '@munjigi/core/incident';
import { SettingError } from '@munjigi/service';
import { writeWhole } from '@munjigi/service/crypto';

/** A way to the service: a front door as the public comes, or one node straight. */
export interface Door {
  readonly name: string;
  /** Without a slash at its end. */
  readonly url: string;
  readonly side: Side;
}

/** Where documents are served. */
export interface Mirror {
  readonly name: string;
  readonly url: string;
}

/** Everything that `munjigi canary enrol` found out, kept in the canary's folder. Holds secrets: mode 0600. */
export interface CanarySettings {
  readonly name: string;
  readonly venue: {
    readonly venueId: number;
    readonly kind: string;
    readonly region: string;
    /** Lasting code of the venue: by it the canary lets its own gates in, and a new one where a chain cannot be mended. */
    readonly code: string;
  };
  readonly doors: readonly Door[];
  readonly mirrors: readonly Mirror[];
  /** Where observations go; none leaves them on standard output. */
  readonly authorities: readonly string[];
  /** Secrets of the specimen's enrolments at the issuer, one for each door. */
  readonly enrolments: Readonly<Record<string, string>>;
  /** Of the front doors: enrolments that begin anew in every round, as somebody comes who has no pass yet. */
  readonly newcomers?: Readonly<Record<string, string>>;
}

const FILE = 'canary.json';

/** Reads the settings of a folder. Throws `SettingError` where nothing was enrolled there. */
export async function readCanary(folder: string): Promise<CanarySettings> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as CanarySettings;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new SettingError(`There is no canary in ${folder}: make one with munjigi canary enrol.`);
  }
}

export async function writeCanary(folder: string, settings: CanarySettings): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(join(folder, FILE), `${JSON.stringify(settings, null, 2)}\n`, 0o600);
}

/** Reads `name=https://…` of an option. Throws `SettingError`. */
export function readPlace(text: string, flag: string): Mirror {
  const at = text.indexOf('=');
  const [name, url] = [text.slice(0, at), text.slice(at + 1).replace(/\/$/, '')];
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name) || !/^https?:\/\/[^\s?#]+$/.test(url))
    throw new SettingError(`--${flag} is a name and an address, such as front=https://entry.example.`);
  return { name, url };
}
