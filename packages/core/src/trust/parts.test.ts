import { describe, expect, it } from 'vitest';
import { crypto } from '../../test/test-keys.ts';
import { AT, bundle, DAY, delegate, fill, pub, register, root } from '../../test/trust-fixtures.ts';
import { type CborValue, encodeDeterministic, sha256 } from '../encoding/index.ts';
import { signDocument } from '../signing/index.ts';
import { bundlePayload } from './bundle.ts';
import { type Bundle, type BundleParts, encodeBundle, openBundle, signerKid } from './index.ts';
import { signBundle } from './publish.ts';

const parts: BundleParts = {
  bodies: new Map([
    ['authority', [pub(register)]],
    ['issuer', [pub(delegate), pub(register)]],
  ]),
  officers: [
    {
      body: 'register',
      role: 'officer',
      credentialId: fill(5, 16),
      publicKey: pub(register),
      from: AT,
      until: null,
    },
    {
      body: 'authority',
      role: 'officer',
      credentialId: fill(6, 64),
      publicKey: fill(4, 91),
      from: AT,
      until: AT + DAY,
    },
  ],
  log: {
    origin: 'test log',
    key: pub(delegate),
    head: fill(1, 150),
    cosignatures: [fill(2, 160), fill(3, 160)],
  },
  doors: new Map([['test', ['/api/issuer', 'https://second.example/api/issuer']]]),
};
const whole: Bundle = { ...bundle, logHead: fill(8, 45), parts };
const fields = bundlePayload(whole) as readonly CborValue[];
const signed = (payload: CborValue) => signDocument('bundle', payload, delegate!, signerKid(pub(delegate)));

describe('the named parts of a bundle', () => {
  it('come back whole: line keys, officers, the log with its cosigned head, doors of issuers', async () => {
    const bytes = await signBundle(whole, delegate!);
    expect(await openBundle(bytes, root, crypto)).toEqual({ bundle: whole, digest: sha256(bytes) });
  });

  it('are absent in the bundles of before, which are still read', async () => {
    expect(bundlePayload(bundle)).toHaveLength(13);
    const opened = await openBundle(await signBundle(bundle, delegate!), root, crypto);
    expect(opened.bundle).toEqual(bundle);
    expect('parts' in opened.bundle).toBe(false);
  });

  it('are skipped by a reader that does not know them, and so are fields after them', async () => {
    const known = fields[13] as ReadonlyMap<string, CborValue>;
    const later = [
      ...fields.slice(0, 13),
      new Map([...known, ['later', [1, 'anything']]]),
      'and more',
    ] as CborValue;
    expect((await openBundle(await signed(later), root, crypto)).bundle).toEqual(whole);
    const none = [...fields.slice(0, 13), new Map([['later', 1]])] as CborValue;
    expect((await openBundle(await signed(none), root, crypto)).bundle.parts).toEqual({});
  });

  it.each<[string, CborValue]>([
    ['no map', 5],
    ['a body without a key', new Map([['bodies', new Map([['issuer', []]])]])],
    ['a key that is no point', new Map([['bodies', new Map([['issuer', [fill(1, 33)]]])]])],
    [
      'an officer of an unknown role',
      new Map([['officers', [['register', 'king', fill(1), pub(register), 1, null]]]]),
    ],
    [
      'an officer without an end field',
      new Map([['officers', [['register', 'officer', fill(1), pub(register), 1]]]]),
    ],
    ['a log without a key', new Map([['log', ['test log', null, null, []]]])],
  ])('are refused as %s', async (_what, value) => {
    const bytes = await signed([...fields.slice(0, 13), value] as CborValue);
    await expect(openBundle(bytes, root, crypto)).rejects.toMatchObject({ code: 'trust.structure' });
  });

  it('are part of what two bundles are compared by', () => {
    expect(encodeBundle(whole)).not.toEqual(encodeBundle({ ...whole, parts: {} }));
    expect(encodeBundle(whole)).toEqual(encodeDeterministic(fields as CborValue));
  });
});
