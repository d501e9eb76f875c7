import { join } from 'node:path';
import { type KeyFolder, openKeyFolder, random } from '../crypto/index.ts';
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
  const token = await keys.secret('operator-token', () => random(32));
  return {
    operatorToken: Buffer.from(token).toString('base64url'),
    keysOf: (desk) => keys.folder(desk),
  };
}
