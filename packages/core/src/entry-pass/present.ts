import { base45Encode, concatBytes, encodeDeterministic, equalBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import type { Subject } from '../gate/types.ts';
import { compressPoint, keyThumbprint, type Signer } from '../signing/index.ts';
import { compressedForm } from './compressed.ts';
import { PREFIX, readPassLayout } from './layout.ts';
import { presentationToBeSigned } from './to-be-signed.ts';

const HEADER = encodeDeterministic(new Map([[1, -7]]));

/** The holder's part, drawn now. Throws `pass.structure`, or `pass.key` where the pass belongs to another key. */
async function draw(pass: Uint8Array, holder: Signer, drawnAt: number, lane: 0 | 1) {
  const { holder: named, kid } = readPassLayout(pass);
  const holderKey = compressPoint(holder.publicKey);
  if (!named || !equalBytes(compressedForm(named), holderKey)) {
    throw new MunjigiError('pass.key', 'A pass is shown with the key that it was issued for.');
  }
  const payload = encodeDeterministic([drawnAt, lane]);
  const signature = await holder.sign(
    presentationToBeSigned(keyThumbprint(holder.publicKey), HEADER, payload),
  );
  return { kid, holderKey, payload, signature };
}

/**
 * The text of a code, drawn now: the pass beside a presentation by its holder key. `drawnAt` is in whole seconds of the
 * phone's best clock; lane 1 is the slow lane. Needs no network. Throws `pass.structure`, or `pass.key` where the pass
 * belongs to another key.
 */
export async function presentPass(
  pass: Uint8Array,
  holder: Signer,
  drawnAt: number,
  lane: 0 | 1,
): Promise<string> {
  const { payload, signature } = await draw(pass, holder, drawnAt, lane);
  const presentation = encodeDeterministic([HEADER, new Map(), payload, signature]);
  return PREFIX + base45Encode(concatBytes(Uint8Array.of(0x82), pass, presentation));
}

/**
 * What a sealed subject holds of a pass whose own phone writes the entry: the holder signs the second, as for a code. Throws as
 * `presentPass` does.
 */
export async function presentSubject(pass: Uint8Array, holder: Signer, drawnAt: number): Promise<Subject> {
  const { kid, holderKey, signature } = await draw(pass, holder, drawnAt, 0);
  return { kind: 'pass', kid: kid.slice(), holderKey, drawnAt, lane: 0, signature };
}
