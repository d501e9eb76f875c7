import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../test/test-keys.ts';
import { base45Decode, base45Encode, decodeDeterministic, encodeDeterministic } from '../encoding/index.ts';
import { isMunjigiError } from '../errors.ts';
import { compressPoint, signDocument } from '../signing/index.ts';
import {
  ANSWER_PREFIX,
  type Delegation,
  delegationAge,
  joinAnswerText,
  joinRequestText,
  LONGEST_DELEGATION_SECONDS,
  openDelegation,
  parseDelegation,
  REQUEST_PREFIX,
  readJoinAnswer,
  readJoinRequest,
  signDelegation,
} from './index.ts';

const owner = testKey('an owner phone');
const tablet = testKey('a new tablet');
const FROM = 1_641_445_080;
const gateKey = compressPoint(tablet.publicKey);
const GIVEN: Delegation = {
  venueId: 7,
  gateKey,
  name: '2층 입구',
  from: FROM,
  until: FROM + LONGEST_DELEGATION_SECONDS,
  nonce: new Uint8Array(16).fill(9),
  venue: { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' },
};
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]+$/;

describe('a delegation', () => {
  it('comes back as it was given, and fits a code that a tablet reads from a phone', async () => {
    const signed = await signDelegation(GIVEN, owner);
    const answer = joinAnswerText(signed, owner.publicKey);
    expect(await readJoinAnswer(answer, crypto)).toMatchObject({ delegation: GIVEN, signed });
    expect(await openDelegation(signed, owner.publicKey, crypto)).toEqual(GIVEN);
    expect(answer).toMatch(ALPHANUMERIC);
    // Version 13-L holds 619 alphanumeric characters, version 5-L 154.
    expect(answer.length).toBeLessThanOrEqual(619);
    const request = joinRequestText({ gateKey, name: GIVEN.name });
    expect(readJoinRequest(request, crypto)).toEqual({ gateKey, name: GIVEN.name });
    expect(request).toMatch(ALPHANUMERIC);
    expect(request.length).toBeLessThanOrEqual(154);
  });

  it('is not believed under another key, nor with one bit changed', async () => {
    const signed = await signDelegation(GIVEN, owner);
    await expect(openDelegation(signed, tablet.publicKey, crypto)).rejects.toMatchObject({
      code: 'signing.unknown-key',
    });
    const borrowed = joinAnswerText(signed, tablet.publicKey);
    await expect(readJoinAnswer(borrowed, crypto)).rejects.toMatchObject({ code: 'signing.unknown-key' });
    for (let at = 0; at < signed.length; at += 3) {
      const bent = signed.slice();
      bent[at]! ^= 1;
      await expect(openDelegation(bent, owner.publicKey, crypto), `byte ${at}`).rejects.toSatisfy(
        isMunjigiError,
      );
    }
  });

  it('is never given for more than 72 hours, backwards, or without a name', async () => {
    for (const wrong of [
      { until: FROM + LONGEST_DELEGATION_SECONDS + 1 },
      { until: FROM },
      { name: '' },
      { venue: { ...GIVEN.venue, name: '' } },
      { gateKey: new Uint8Array(33) },
    ])
      await expect(signDelegation({ ...GIVEN, ...wrong }, owner)).rejects.toMatchObject({
        code: 'delegation.structure',
      });
  });

  it('signed for longer by a device that does not keep the rule is refused when read', async () => {
    const payload = [1, 7, gateKey, 'x', FROM, FROM + 80 * 3600, GIVEN.nonce, ['a', 'b', 'c']];
    const kid = parseDelegation(await signDelegation(GIVEN, owner)).kid;
    const long = await signDocument('delegation', payload, owner, kid);
    expect(() => parseDelegation(long)).toThrow(/72 hours/);
    const asBatch = await signDocument('batch', payload, owner, kid);
    await expect(openDelegation(asBatch, owner.publicKey, crypto)).rejects.toSatisfy(isMunjigiError);
  });

  it('knows its time', () => {
    expect(delegationAge(GIVEN, FROM)).toBe('good');
    expect(delegationAge(GIVEN, FROM - 299)).toBe('good');
    expect(delegationAge(GIVEN, FROM - 301)).toBe('not-yet');
    expect(delegationAge(GIVEN, GIVEN.until - 1)).toBe('good');
    expect(delegationAge(GIVEN, GIVEN.until)).toBe('expired');
  });

  it('reads any text without another error than its own', async () => {
    const text = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => REQUEST_PREFIX + base45Encode(bytes)),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => ANSWER_PREFIX + base45Encode(bytes)),
    );
    await fc.assert(
      fc.asyncProperty(text, async (any) => {
        expect(() => readJoinRequest(any, crypto)).toThrow(expect.objectContaining({ name: 'MunjigiError' }));
        await expect(readJoinAnswer(any, crypto)).rejects.toSatisfy(isMunjigiError);
      }),
    );
  });

  it('takes no field more than the page says', () => {
    const fields = decodeDeterministic(base45Decode(joinRequestText({ gateKey, name: 'x' }).slice(4)), {
      maxBytes: 500,
      maxDepth: 4,
    }) as unknown[];
    const more = REQUEST_PREFIX + base45Encode(encodeDeterministic([...fields, 1] as never));
    expect(() => readJoinRequest(more, crypto)).toThrow(/3 fields/);
  });
});
