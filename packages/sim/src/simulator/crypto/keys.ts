import { createECDH, createHmac } from 'node:crypto';

/** A key pair on P-256, made from a number: the same number is the same key in every run. */
export interface SimKey {
  readonly number: number;
  /** 32 bytes. */
  readonly privateKey: Uint8Array;
  /** 65 bytes, uncompressed. */
  readonly publicKey: Uint8Array;
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const made: SimKey[] = [];
const byX = new Map<string, SimKey>();

const nameOf = (x: Uint8Array): string => Buffer.from(x.buffer, x.byteOffset, x.length).toString('latin1');

/** Making a point is the one thing that stays expensive: keys are made once in a process, for all its seeds. */
export function keyOf(number: number): SimKey {
  const known = made[number];
  if (known) return known;
  const digest = createHmac('sha256', 'a key of the simulator').update(String(number)).digest('hex');
  const scalar = (BigInt(`0x${digest}`) % (ORDER - 1n)) + 1n;
  const privateKey = new Uint8Array(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const key = { number, privateKey, publicKey: new Uint8Array(ecdh.getPublicKey()) };
  made[number] = key;
  byX.set(nameOf(key.publicKey.subarray(1, 33)), key);
  return key;
}

/** The key with this x, or undefined: nobody in the world has another one. */
export const keyWithX = (x: Uint8Array): SimKey | undefined => byX.get(nameOf(x));
