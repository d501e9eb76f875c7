import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type KeyFolder, openKeyFolder, random, writeWhole } from '../crypto/index.ts';
import type { DeskName } from '../lib/desk.ts';

/** What must not be read by others: one key store for each desk, and the token that operators send. */
export interface Secrets {
  readonly operatorToken: string;
  /** The key store of one desk: `<data>/keys/<desk>/`. */
  keysOf(desk: DeskName): Promise<KeyFolder>;
}

/** Opens the key stores under `<data>/keys`, and makes the operator token at the first start. */
export async function openSecrets(data: string): Promise<Secrets> {
  const keys = await openKeyFolder(join(data, 'keys'));
  await markAsNoBackup(keys.path);
  const token = await keys.secret('operator-token', () => random(32));
  return {
    operatorToken: Buffer.from(token).toString('base64url'),
    keysOf: (desk) => keys.folder(desk),
  };
}

/** What backup programs look for to leave a folder out (https://bford.info/cachedir/), and a word for people. */
const MARKS = {
  'CACHEDIR.TAG': `Signature: 8a477f597d28d172789f06886806bc55
# Keys end with their day, everywhere: nothing in this folder belongs into a backup (docs/decisions/0009).
`,
  '.nobackup': 'Keys end with their day, everywhere: nothing in this folder belongs into a backup.\n',
} as const;

async function markAsNoBackup(path: string): Promise<void> {
  for (const [name, text] of Object.entries(MARKS))
    if (!existsSync(join(path, name))) await writeWhole(join(path, name), text, 0o600);
}
