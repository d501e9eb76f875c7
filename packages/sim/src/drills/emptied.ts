import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from '@munjigi/core/encoding';
import { type Bundle, type Now, openBundle, openNow, openRoot } from '@munjigi/core/trust';
import { signBundle, signerKid, signNow } from '@munjigi/core/trust/publish';
import { makePrivateKey, nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { crypto } from '../crowd/rules.ts';

/** A bundle, and the word of what counts now that names it. */
export interface Served {
  readonly bundle: Uint8Array;
  readonly now: Uint8Array;
}

/** What a mirror may serve that no device must take. */
export interface Emptied {
  /** Without one key of an issuer, signed by the authority's own delegate: the worst that an authority can do to itself. */
  readonly signed: Served;
  /** The same, signed by a key that nobody knows; what counts now is genuine and names it. */
  readonly stranger: Served;
}

/** Makes them from what is published, with the authority's own key. */
export async function emptiedBundles(data: string): Promise<Emptied> {
  const read = (name: string) => readFile(join(data, 'mirror', `${name}.cose`));
  const root = await openRoot(await read('root'), crypto);
  const { bundle } = await openBundle(await read('bundle'), root, crypto);
  const now = await openNow(await read('now'), root, crypto);
  const keys = await openKeyFolder(join(data, 'keys', 'authority'));
  const secrets = await Promise.all(
    root.delegates.map(({ publicKey }) => keys.find(`delegate-${toHex(signerKid(publicKey))}`)),
  );
  const delegate = nodeSigner(secrets.find((secret) => secret !== null)!);
  const emptied: Bundle = { ...bundle, sequence: bundle.sequence + 1, issuers: [], foreign: [] };
  const named = async (bytes: Uint8Array, sequence: number): Promise<Served> => {
    const word: Now = {
      ...now,
      sequence,
      bundle: {
        ...now.bundle,
        sequence: emptied.sequence,
        digest: new Uint8Array(createHash('sha256').update(bytes).digest()),
      },
    };
    return { bundle: bytes, now: await signNow(word, delegate) };
  };
  return {
    signed: await named(await signBundle(emptied, delegate), now.sequence + 1),
    stranger: await named(await signBundle(emptied, nodeSigner(makePrivateKey())), now.sequence + 2),
  };
}
