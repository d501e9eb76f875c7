import { type LineSigner, lineSigner } from '@munjigi/core/log';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../../crypto/index.ts';
import type { DeskName } from '../../lib/desk.ts';

/** The voice of a body in the public log: its line key, made at the first word. */
export async function voiceOf(body: DeskName, keys: KeyFolder): Promise<LineSigner> {
  return lineSigner(body, nodeSigner(await keys.secret('line', makePrivateKey)));
}
