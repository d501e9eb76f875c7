import { signDocument } from '@munjigi/core/signing';
import { signerKid } from '@munjigi/core/trust';
import { type KeyFolder, makePrivateKey, nodeSigner } from '../../crypto/index.ts';
import type { DeskName } from '../../lib/desk.ts';
import type { BodyLines } from '../../lib/keys/index.ts';

/** The voice of a body in the public log: its line key, made at the first word. */
export async function voiceOf(body: DeskName, keys: KeyFolder): Promise<BodyLines> {
  const signer = nodeSigner(await keys.secret('line', makePrivateKey));
  return {
    body,
    sign: (kind, at, fields) =>
      signDocument(
        'line',
        [1, body, kind, at, new Map(Object.entries(fields))],
        signer,
        signerKid(signer.publicKey),
      ),
  };
}
