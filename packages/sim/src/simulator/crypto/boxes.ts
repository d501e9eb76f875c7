import { createHmac } from 'node:crypto';
import { decodeFirst, encodeDeterministic } from '@munjigi/core/encoding';
import type { Subject } from '@munjigi/core/gate';
import { sealAad } from '@munjigi/core/sealed';
import { openSubject } from '@munjigi/core/sealed/open';
import { nodeBoxOpener } from '@munjigi/service/crypto';
import { keyWithX } from './keys.ts';
import type { Sealing } from './suite.ts';

const [ENCAPSULATED, PADDED, TAG] = [65, 112, 16];

/** The two kinds of subject that come to the doors of the simulation, as they stand in a box (docs/protocol). */
function plaintextOf(subject: Subject): Uint8Array {
  const plain = new Uint8Array(PADDED);
  if (subject.kind === 'pass') {
    const { kid, holderKey, drawnAt, lane, signature } = subject;
    plain.set(encodeDeterministic([1, kid, holderKey, drawnAt, lane, signature]));
  } else if (subject.kind === 'phone') plain.set(encodeDeterministic([3, subject.number]));
  else throw new Error(`The simulation seals no ${subject.kind}.`);
  return plain;
}

function subjectOf(plain: Uint8Array): Subject {
  const { value } = decodeFirst(plain, { maxBytes: PADDED, maxDepth: 2 });
  const [kind, ...fields] = value as [number, ...unknown[]];
  if (kind === 3) return { kind: 'phone', number: fields[0] as string };
  const [kid, holderKey, drawnAt, lane, signature] = fields as [
    Uint8Array,
    Uint8Array,
    number,
    0 | 1,
    Uint8Array,
  ];
  return { kind: 'pass', kid, holderKey, drawnAt, lane, signature };
}

function maskOf(key: Uint8Array, encapsulated: Uint8Array, length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (let at = 0, block = 0; at < length; at += 32, block++)
    mask.set(
      createHmac('sha256', key)
        .update(encapsulated)
        .update(Uint8Array.of(block))
        .digest()
        .subarray(0, length - at),
      at,
    );
  return mask;
}

const tagOf = (key: Uint8Array, place: Sealing['place'], covered: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(sealAad(place)).update(covered).digest().subarray(0, TAG);

/** A box of the real size that opens under the same key and at the same place only, without a curve. */
export function sealAtPlace({ subject, place, dayKey, ekm }: Sealing): Uint8Array {
  const key = keyWithX(dayKey.subarray(1, 33));
  if (key === undefined) throw new Error('This is no day key of the simulation.');
  const box = new Uint8Array(ENCAPSULATED + PADDED + TAG);
  box[0] = 4;
  box.set(ekm, 1);
  box.set(ekm, 33);
  const plain = plaintextOf(subject);
  const mask = maskOf(key.privateKey, box.subarray(0, ENCAPSULATED), PADDED);
  for (let i = 0; i < PADDED; i++) box[ENCAPSULATED + i] = plain[i]! ^ mask[i]!;
  box.set(tagOf(key.privateKey, place, box.subarray(0, ENCAPSULATED + PADDED)), ENCAPSULATED + PADDED);
  return box;
}

/** Opens a box at its place; null where it does not open. For checkers alone. */
export async function openAtPlace(
  kind: 'stand-in' | 'real',
  box: Uint8Array,
  place: Sealing['place'],
  dayKey: Uint8Array,
): Promise<Subject | null> {
  const key = keyWithX(dayKey.subarray(1, 33))!;
  if (kind === 'real') {
    const opening = openSubject({ box, place, privateKey: key.privateKey, opener: nodeBoxOpener });
    return opening.catch(() => null);
  }
  const covered = box.subarray(0, ENCAPSULATED + PADDED);
  if (Buffer.compare(tagOf(key.privateKey, place, covered), box.subarray(ENCAPSULATED + PADDED)) !== 0)
    return null;
  const mask = maskOf(key.privateKey, box.subarray(0, ENCAPSULATED), PADDED);
  return subjectOf(covered.slice(ENCAPSULATED).map((byte, i) => byte ^ mask[i]!));
}
