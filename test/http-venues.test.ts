import { batchToJson } from '@munjigi/core/chain';
import { fromBase64, sha256, toBase64url, utf8Encode } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { compressPoint } from '@munjigi/core/signing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SignedIn, signedIn } from './support/accounts.ts';
import { TestGate } from './support/register.ts';
import { STORY_SECONDS, startTestService, type TestService } from './support/service.ts';
import { delegationFor } from './support/venues.ts';

const CAFE = { name: '모퉁이 카페', kind: 'cafe', region: 'seoul' };

describe('venues over HTTP', () => {
  let test: TestService;
  let owner: SignedIn;
  let venueId: number;
  beforeAll(async () => {
    test = await startTestService();
    owner = await signedIn(test, 'register', 'owner');
    const made = await owner.call('POST', '/api/register/registrations', {
      ...CAFE,
      businessNumber: '124-81-00998',
    });
    expect(made.status, made.text).toBe(200);
    venueId = made.json.venueId;
  });
  afterAll(() => test.remove());

  const enrolPhone = async (role: 'owner' | 'gate') => {
    const code = await owner.call('POST', `/api/register/venues/${venueId}/enrolment-code`, { role });
    const gate = new TestGate(venueId);
    const key = compressPoint(gate.signer.publicKey);
    const proof = await gate.signer.sign(possessionBytes(utf8Encode(code.json.enrolmentCode), key));
    const answer = await test.call('POST', '/api/register/gates', {
      venueId,
      enrolmentCode: code.json.enrolmentCode,
      gateKey: toBase64url(key),
      name: 'phone',
      proof: toBase64url(proof),
    });
    expect(answer.json, answer.text).toMatchObject({ role });
    return { gate, gateNo: answer.json.gateNo as number };
  };
  const headOf = async (gate: TestGate) =>
    (await test.call('GET', `/api/register/gates/${toBase64url(gate.thumbprint)}/head?venue=${venueId}`)).json
      .gate;

  it('are registered, seen, and looked after by their owner alone', async () => {
    const list = await owner.call('GET', '/api/register/venues');
    expect(list.json.venues).toMatchObject([{ venueId, ...CAFE, gates: 0, quietSinceMs: null }]);
    const other = await signedIn(test, 'register', 'owner');
    const detail = `/api/register/venues/${venueId}`;
    const refused = await other.call('GET', detail);
    expect([refused.status, refused.json.error]).toEqual([403, 'register.not-yours']);
    // A venue that is not there is refused the same way: numbers cannot be tried out.
    expect((await other.call('GET', '/api/register/venues/987654')).json.error).toBe('register.not-yours');
    expect((await owner.call('GET', detail)).json.people).toMatchObject([
      { accountId: owner.accountId, role: 'owner' },
    ]);
    const invite = await owner.call('POST', `${detail}/staff`, { name: '알바' });
    expect(invite.json, invite.text).toMatchObject({ code: expect.any(String) });
    expect((await owner.call('GET', detail)).json.people.map((one: { role: string }) => one.role)).toEqual([
      'owner',
      'staff',
    ]);
    expect((await test.operate('GET', detail)).status).toBe(200);
    expect(
      (await owner.call('POST', '/api/register/registrations', { ...CAFE, businessNumber: '1' })).json.error,
    ).toBe('register.business-number');
  });

  it('wait for a local government where they have no number', async () => {
    const club = await signedIn(test, 'register', 'owner');
    const asked = await club.call('POST', '/api/register/registrations', CAFE);
    expect(asked.json).toMatchObject({ state: 'waiting', venueId: null });
    const approve = `/api/register/registrations/${asked.json.registrationId}/approve`;
    expect((await club.call('POST', approve, {})).status).toBe(403);
    expect((await owner.call('POST', approve, {})).status).toBe(403);
    const inspector = await signedIn(test, 'register', 'inspector');
    const waiting = await inspector.call('GET', '/api/register/registrations');
    expect(waiting.json.registrations).toMatchObject([{ state: 'waiting', owner: 'owner of register' }]);
    expect((await inspector.call('POST', approve, {})).json).toMatchObject({ state: 'approved' });
    expect((await club.call('GET', '/api/register/venues')).json.venues).toHaveLength(1);
  });

  it('let a tablet in by the phone, list it, rename it, and revoke it', async () => {
    const phone = await enrolPhone('owner');
    const tablet = new TestGate(venueId).append(2, STORY_SECONDS - 100);
    const delegation = await delegationFor(tablet, phone.gate, STORY_SECONDS - 200);
    const proof = await tablet.signer.sign(
      possessionBytes(sha256(delegation), compressPoint(tablet.signer.publicKey)),
    );
    const shown = { delegation: toBase64url(delegation), proof: toBase64url(proof) };
    const joined = await test.call('POST', '/api/register/delegations', shown);
    expect(joined.json, joined.text).toMatchObject({ venueId, venue: CAFE, unconfirmed: null });
    expect(fromBase64(shown.delegation)).toEqual(delegation);

    const batch = { ...batchToJson(await tablet.batch()), app: '0.1.0' };
    const sent = await test.call('POST', '/api/register/batches', batch);
    expect(sent.json.results.map((one: { flags: string[] }) => one.flags)).toEqual([
      ['unconfirmed-gate'],
      ['unconfirmed-gate'],
    ]);
    const listed = await test.operate('GET', '/api/register/gates');
    const row = listed.json.gates.find((one: { gateNo: number }) => one.gateNo === joined.json.gateNo);
    expect(row).toMatchObject({ counter: 2, state: 'confirmed', report: { pending: 0, app: '0.1.0' } });
    expect((await owner.call('GET', '/api/register/gates')).status).toBe(403);

    const at = `/api/register/venues/${venueId}/gates/${joined.json.gateNo}`;
    expect((await owner.call('POST', `${at}/rename`, { name: '뒷문' })).status).toBe(200);
    expect(await headOf(tablet)).toMatchObject({ state: 'confirmed', name: '뒷문', sheets: false });
    const pin = `/api/register/venues/${venueId}/pin`;
    expect((await owner.call('POST', pin, { pin: '25' })).status).toBe(400);
    expect((await owner.call('POST', pin, { pin: '2580' })).status).toBe(200);
    const told = (await headOf(tablet)).pin;
    expect(told).toMatchObject({ rounds: expect.any(Number), setMs: expect.any(Number) });
    expect(JSON.stringify(told)).not.toContain('2580');
    const revoked = await owner.call('POST', `${at}/revoke`, {});
    expect(revoked.json).toMatchObject({ afterCounter: 2 });
    tablet.append(1, STORY_SECONDS);
    const after = await test.call('POST', '/api/register/batches', batchToJson(await tablet.batch(3)));
    expect(after.json.results[0]).toMatchObject({
      result: 'stored',
      flags: ['unconfirmed-gate', 'revoked-gate'],
    });
    expect(await headOf(tablet)).toMatchObject({ state: 'revoked', revokedAfter: 2 });
  });

  it('show counts to their people and to inspectors, the small ones hidden', async () => {
    const { gate } = await enrolPhone('gate');
    gate.append(6, STORY_SECONDS - 10);
    expect((await test.call('POST', '/api/register/batches', batchToJson(await gate.batch()))).status).toBe(
      200,
    );
    await test.service.desks.register!.rollUp();
    const url = `/api/register/venues/${venueId}/counts?days=14`;
    const staff = await signedIn(test, 'register', 'staff', [venueId]);
    const inspector = await signedIn(test, 'register', 'inspector');
    for (const who of [owner, staff, inspector]) {
      const counts = await who.call('GET', url);
      expect(counts.status, counts.text).toBe(200);
      expect(counts.json.hours.length).toBeGreaterThan(0);
      for (const { count } of counts.json.hours) expect(count === null || count >= 5).toBe(true);
    }
    const other = await signedIn(test, 'register', 'staff', [venueId + 1]);
    expect((await other.call('GET', url)).status).toBe(403);
    expect((await owner.call('GET', `${url.replace('14', '9999')}`)).status).toBe(400);
  });
});
