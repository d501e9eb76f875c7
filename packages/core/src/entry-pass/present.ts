import { base45Encode, concatBytes, encodeDeterministic, equalBytes } from '../encoding/index.ts';
import { MunjigiError } from '../errors.ts';
import { compressPoint, keyThumbprint, type Signer } from '../signing/index.ts';
import { compressedForm } from './compressed.ts';
import { PREFIX, readPassLayout } from './layout.ts';
import { presentationToBeSigned } from './to-be-signed.ts';

const HEADER = encodeDeterministic(new Map([[1, -7]]));

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
  const { holder: named } = readPassLayout(pass);
  if (!named || !equalBytes(compressedForm(named), compressPoint(holder.publicKey))) {
    throw new MunjigiError('pass.key', 'A pass is shown with the key that it was issued for.');
  }
  const payload = encodeDeterministic([drawnAt, lane]);
  const signature = await holder.sign(
    presentationToBeSigned(keyThumbprint(holder.publicKey), HEADER, payload),
  );
  const presentation = encodeDeterministic([HEADER, new Map(), payload, signature]);
  return PREFIX + base45Encode(concatBytes(Uint8Array.of(0x82), pass, presentation));
}
