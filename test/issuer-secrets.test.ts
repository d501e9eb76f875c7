import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compilePolicy, entitle } from '@munjigi/core/rules';
import { compressPoint, spkiFromPoint } from '@munjigi/core/signing';
import {
  makePrivateKey,
  nodeCrypto,
  nodeSigner,
  openKeyFolder,
  publicPoint,
  random,
} from '@munjigi/service/crypto';
import { HolderMapping } from '@munjigi/service/issuer';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readPackFolder } from '../packages/service/src/config/pack-folder.ts';
import {
  issuingMoment,
  lastDayOf,
  liveTerms,
  paperTerms,
  renewalMoment,
} from '../packages/service/src/issuer/terms.ts';
import { openAtRest, sealAtRest } from '../packages/service/src/lib/sealing.ts';
import { tempFolder } from './support/databases.ts';
import { POLICY, STORY_SECONDS } from './support/service.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = tempFolder('secrets');
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const one of folders) rmSync(one, { recursive: true, force: true });
});

describe('a key store', () => {
  it('gives one secret to all who ask at once, even through two openings, readable by its user alone', async () => {
    const path = join(folder(), 'keys');
    const [one, two] = [await openKeyFolder(path), await openKeyFolder(path)];
    const secrets = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).secret('day-1', () => random(32))),
    );
    expect(new Set(secrets.map(toBase64url)).size).toBe(1);
    expect(readdirSync(path)).toEqual(['day-1.key']);
    if (process.platform === 'win32') return;
    expect(statSync(path).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'day-1.key')).mode & 0o777).toBe(0o600);
  });

  it('is left by no name, and forgets what was destroyed', async () => {
    const keys = await openKeyFolder(join(folder(), 'keys'));
    for (const name of ['../outside', 'a/b', '..', '', 'A'])
      await expect(keys.find(name)).rejects.toThrow('named with');
    await keys.secret('a', () => random(32));
    await keys.destroy('a');
    await keys.destroy('a');
    expect(await keys.find('a')).toBeNull();
    expect(await keys.names()).toEqual([]);
  });
});

describe('what is sealed at rest', () => {
  it('opens under its key and at its place alone', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 0, maxLength: 200 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (plain, at, flip) => {
          const [key, place] = [random(32), random(16)];
          const sealed = sealAtRest(key, place, plain);
          expect(openAtRest(key, place, sealed)).toEqual(new Uint8Array(plain));
          expect(openAtRest(random(32), place, sealed)).toBeNull();
          expect(openAtRest(key, random(16), sealed)).toBeNull();
          const torn = sealed.slice();
          torn[at % torn.length]! ^= flip;
          expect(openAtRest(key, place, torn)).toBeNull();
          expect(openAtRest(key, place, sealed.subarray(0, at % sealed.length))).toBeNull();
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tells nobody which handle was whose once the key of the day is destroyed, whatever copy of the rows there is', async () => {
    const days = await openKeyFolder(join(folder(), 'days'));
    const mapping = new HolderMapping(days);
    const [handle, notice] = [random(16), random(16)];
    const row = await mapping.seal('2022-01-13', handle, { person: 'haneul', notice });
    expect(await mapping.open('2022-01-13', handle, row)).toEqual({ person: 'haneul', notice });
    expect(await mapping.open('2022-01-13', random(16), row)).toBeNull();
    expect(await mapping.open('2022-01-14', handle, row)).toBeNull();
    const copy = readFileSync(join(days.path, 'day-2022-01-13.key'), 'utf8');
    expect(Buffer.from(row).includes(Buffer.from('haneul'))).toBe(false);
    expect(copy).not.toContain('haneul');
    await days.destroy('day-2022-01-13');
    expect(await new HolderMapping(days).open('2022-01-13', handle, row)).toBeNull();
  });
});

describe('a proof of possession', () => {
  const crypto = nodeCrypto();

  it('holds for its key and its nonce alone', () => {
    const signer = nodeSigner(makePrivateKey());
    const [key, nonce] = [compressPoint(signer.publicKey), random(16)];
    const proof = signer.sign(possessionBytes(nonce, key)) as Uint8Array;
    const verify = (n: Uint8Array, k: Uint8Array) =>
      crypto.verify('ES256', spkiFromPoint(signer.publicKey), possessionBytes(n, k), proof);
    expect(verify(nonce, key)).toBe(true);
    expect(verify(random(16), key)).toBe(false);
    expect(verify(nonce, compressPoint(publicPoint(makePrivateKey())))).toBe(false);
    // Bytes may not move between nonce and key.
    expect(verify(nonce.subarray(0, 15), Uint8Array.of(nonce[15]!, ...key))).toBe(false);
  });
});

describe('the terms of a pass', () => {
  const policy = compilePolicy(readPackFolder(POLICY));
  const DAY = 86_400;
  const instants = fc.integer({ min: Date.parse('2021-11-01') / 1000, max: Date.parse('2022-06-01') / 1000 });

  it('end on the daily instant, seven to ten days on, and name the end of the class only where it comes first', () => {
    fc.assert(
      fc.property(instants, fc.option(fc.integer({ min: 1, max: 20 })), (at, days) => {
        const start = policy.calendar.startOf(policy.calendar.dateOf(at));
        const until = days === null ? null : start + days * DAY;
        const entitlement = {
          ...entitle(policy, { birthDate: '1988-03-12', evidence: [] }, at),
          admissionClass: 1,
          until,
        };
        const terms = liveTerms(policy, entitlement, 33, at, at);
        const after = (terms.expiresAt - start) / DAY;
        expect([7, 8, 9, 10]).toContain(after);
        expect(terms.until).toBe(until !== null && until < terms.expiresAt ? until : null);
        const renew = renewalMoment(policy, at);
        expect(renew).toBeGreaterThan(at + 2 * DAY);
        expect(renew, 'a wallet renews before its first pass ends').toBeLessThan(start + 7 * DAY);
        const paper = paperTerms(policy, entitlement, 33, at);
        expect((paper.expiresAt - start) / DAY).toBe(28);
        expect(lastDayOf(policy, paper) <= policy.calendar.dateOf(paper.expiresAt - 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('of an earlier moment are live now, or the moment is now', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: -5 * DAY, max: 40 * DAY }), (asOf, passed) => {
        const at = asOf + passed;
        const moment = issuingMoment(policy, asOf, at);
        const last = policy.calendar.startOf(policy.calendar.dateOf(asOf)) + 10 * DAY;
        expect(moment).toBe(passed >= 0 && at < last ? asOf : at);
        const entitlement = entitle(policy, { birthDate: '1988-03-12', evidence: [] }, moment);
        expect(liveTerms(policy, entitlement, 33, moment, at).expiresAt).toBeGreaterThan(at);
      }),
      { numRuns: 500 },
    );
    expect(issuingMoment(policy, null, STORY_SECONDS)).toBe(STORY_SECONDS);
  });
});
