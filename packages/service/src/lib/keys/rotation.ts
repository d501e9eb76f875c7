import { type KeyFolder, random } from '../../crypto/index.ts';

/** A change of a key that must not be made now. The message is a sentence for the operator. */
export class RotationRefused extends Error {
  override readonly name = 'RotationRefused';
}

/** Keys that only the running desk can change, since they stand in its documents and its database. */
export type Wish = 'delegate' | 'root' | 'issuing';

/** Leaves word for the desk that a key is to be changed; it does so at its next look, or when it is started. */
export async function wishFor(keys: KeyFolder, wish: Wish): Promise<void> {
  await (await keys.folder('wishes')).secret(wish, () => random(8));
}

/** True where a change was asked for. */
export const wished = async (keys: KeyFolder, wish: Wish): Promise<boolean> =>
  (await (await keys.folder('wishes')).find(wish)) !== null;

/** The change was made. */
export const granted = async (keys: KeyFolder, wish: Wish): Promise<void> =>
  (await keys.folder('wishes')).destroy(wish);
