import { openDelegation } from '@munjigi/core/delegation';
import { compressPoint, keyThumbprint, webCrypto } from '@munjigi/core/signing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GateIdentity } from '../outbox/types.ts';
import { type DeviceKey, makeDeviceKey } from '../storage/device-key.ts';
import { askToJoin, keyDigits, letIn, readAsked, takeAnswer } from './join.ts';

const verifier = webCrypto(crypto.subtle as unknown as Parameters<typeof webCrypto>[0]);
const NOW = 1_641_445_080;
const VENUE = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };

/** A device's storage, as far as joining needs it. */
class Device {
  identity: GateIdentity | null = null;
  constructor(readonly key: DeviceKey) {}
  ensureKey = async () => this.key;
  enrol = async (identity: GateIdentity) => {
    this.identity = identity;
  };
}

describe('joining without a network', () => {
  let phone: Device;
  let tablet: Device;
  let identity: GateIdentity;
  beforeAll(async () => {
    phone = new Device(await makeDeviceKey());
    const { publicKey } = phone.key;
    const thumbprint = keyThumbprint(publicKey);
    identity = { venueId: 7, gateNo: 1, name: 'phone', venue: VENUE, publicKey, thumbprint, role: 'owner' };
  });
  const answerTo = async (text: string, at = NOW) =>
    letIn(identity, phone.key, readAsked(text, verifier)!, at);

  it('makes a gate of the venue that the phone belongs to, with the same digits on both screens', async () => {
    tablet = new Device(await makeDeviceKey());
    const { text, digits } = await askToJoin(tablet as never, '  2층 입구 ');
    const asked = readAsked(text, verifier)!;
    expect(asked).toMatchObject({ name: '2층 입구', digits });
    expect(digits).toMatch(/^\d{3} \d{3}$/);
    expect(digits).not.toBe(keyDigits(compressPoint(phone.key.publicKey)));
    const joined = await takeAnswer(tablet as never, await answerTo(text), verifier, NOW + 60);
    expect(joined).toEqual(tablet.identity);
    expect(joined).toMatchObject({ venueId: 7, name: '2층 입구', venue: VENUE, role: 'gate' });
    const { signed } = tablet.identity!.delegation!;
    const given = await openDelegation(signed, phone.key.publicKey, verifier);
    expect(given.until - given.from).toBe(72 * 3600);
  });

  it('never draws a nonce twice', async () => {
    const { text } = await askToJoin(tablet as never, 'x');
    expect(await answerTo(text)).not.toBe(await answerTo(text));
  });

  it('takes no answer for another device, none that has ended, none of another kind, and stays what it was', async () => {
    const other = new Device(await makeDeviceKey());
    const { text } = await askToJoin(other as never, 'x');
    const answer = await answerTo(text);
    const fresh = new Device(await makeDeviceKey());
    expect(await takeAnswer(fresh as never, answer, verifier, NOW)).toBe('other-device');
    expect(await takeAnswer(other as never, answer, verifier, NOW + 72 * 3600)).toBe('expired');
    expect(await takeAnswer(other as never, answer, verifier, NOW - 3600)).toBe('not-yet');
    for (const wrong of [text, `${answer}0`, answer.replace('MJD:', 'MJ1:'), 'hello', ''])
      expect(await takeAnswer(other as never, wrong, verifier, NOW), wrong).toBe('other-code');
    expect(readAsked(answer, verifier)).toBeNull();
    expect([fresh.identity, other.identity]).toEqual([null, null]);
    // Without a clock of its own the register judges the time.
    expect(await takeAnswer(other as never, answer, verifier, null)).toMatchObject({ venueId: 7 });
  });
});
