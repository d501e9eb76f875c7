import { encodeDeterministic } from '../encoding/index.ts';
import { presentationToBeSigned } from '../entry-pass/to-be-signed.ts';
import type { Subject } from '../gate/types.ts';
import type { Windows } from '../rules/pack.ts';
import { type Crypto, keyThumbprint, spkiFromPoint } from '../signing/index.ts';

type PassSubject = Extract<Subject, { kind: 'pass' }>;

/** Why an entry is set apart: nothing shows that the visitor's own phone was there at that time. */
export type PresenceProblem = 'key' | 'signature' | 'window' | 'repeated';

/** What a presence proof comes to: the handle of the pass, where the proof holds. */
export type Presence =
  | { readonly ok: true; readonly handle: Uint8Array }
  | { readonly ok: false; readonly problem: PresenceProblem };

const HEADER = encodeDeterministic(new Map([[1, -7]]));

/**
 * Checks that the holder's own key signed "shown at `drawnAt`" and that this is when the entry says it was made (protocol A5).
 * @param enteredAt as the gate wrote it, seconds
 * @param windows of the pack; `uncertaintyCap` is the doubt that a gate's clock may have had, and widens both sides
 */
export async function checkPresence(
  subject: PassSubject,
  enteredAt: number,
  windows: Pick<Windows, 'behind' | 'ahead' | 'slowBehind' | 'uncertaintyCap'>,
  crypto: Crypto,
): Promise<Presence> {
  const { holderKey, drawnAt, lane, signature } = subject;
  if (holderKey.length !== 33 || (holderKey[0] !== 2 && holderKey[0] !== 3))
    return { ok: false, problem: 'key' };
  const point = crypto.decompress(holderKey.slice(1), holderKey[0] === 3);
  if (point === null) return { ok: false, problem: 'key' };
  const offset = drawnAt - enteredAt;
  const behind = (lane === 1 ? windows.slowBehind : windows.behind) + windows.uncertaintyCap;
  if (!(offset >= -behind && offset <= windows.ahead + windows.uncertaintyCap))
    return { ok: false, problem: 'window' };
  const thumbprint = keyThumbprint(point);
  const signed = presentationToBeSigned(thumbprint, HEADER, encodeDeterministic([drawnAt, lane]));
  const genuine = crypto.verifyOnce
    ? await crypto.verifyOnce(point, signed, signature)
    : await crypto.verify('ES256', spkiFromPoint(point), signed, signature);
  return genuine ? { ok: true, handle: thumbprint.slice(0, 16) } : { ok: false, problem: 'signature' };
}
