import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Signer } from '@munjigi/core/signing';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MESSAGES, type MessageWord } from '../packages/service/src/contracts/index.ts';
import {
  openAnswer,
  openMessage,
  type Said,
  signMessage,
} from '../packages/service/src/lib/messages/index.ts';
import {
  type ApartOfficer,
  approveAt,
  bundleOf,
  officerOf,
  openCaseOf,
  venueWith,
} from './support/apart-people.ts';
import { crypto } from './support/case-stand.ts';
import { DESK_WORDS, type DeskWord, type ThreeBodies, threeBodies, until } from './support/three-bodies.ts';

const now = () => Math.floor(Date.now() / 1000);

describe('messages between three bodies, with somebody in the middle', () => {
  let stand: ThreeBodies;
  let opener: ApartOfficer;
  let approver: ApartOfficer;
  let venueId: number;
  let at: number;

  beforeAll(async () => {
    stand = await threeBodies();
    for (const desk of DESK_WORDS) await stand.machines[desk].start();
    stand.introduce();
    await until('the authority publishes a bundle with the keys of all', async () => {
      const bundle = await bundleOf(stand);
      return bundle && bundle.registerKeys.length > 0 && bundle.issuers.length > 0;
    });
    opener = await officerOf(stand, 'authority');
    approver = await officerOf(stand, 'register');
    at = stand.now() - 1800;
    const guest = (n: number) => ({
      subject: { kind: 'phone', number: `0101234${String(n).padStart(4, '0')}` } as const,
      at: at + (n % 60),
      check: 'eye' as const,
      record: 'typed' as const,
    });
    // More than one piece of a release holds.
    venueId = await venueWith(
      stand,
      Array.from({ length: 4_500 }, (_, n) => guest(n)),
    );
  });
  afterAll(() => stand?.remove());

  const lineKey = (desk: DeskWord): Signer => {
    const file = join(stand.machines[desk].data, 'keys', desk, 'line.key');
    return nodeSigner(fromBase64(readFileSync(file, 'utf8').trim()));
  };
  const send = async <W extends MessageWord>(said: Said<W>, signer: Signer, to: DeskWord = said.to) => {
    const message = await signMessage(said, signer);
    const sent = { message: toBase64url(message) };
    const answer = await stand.machines[to].call('POST', '/messages', sent);
    if (answer.status !== 200) return answer.json.error as string;
    const keys = async () => [lineKey(to).publicKey];
    return openAnswer(fromBase64(answer.json.answer), message, said, keys, crypto);
  };
  const asked = (id: string, change: object = {}) =>
    ({
      from: 'authority',
      to: 'register',
      what: 'case-released',
      content: { id, at: 0 },
      at: now(),
      ...change,
    }) as Said<'case-released'>;

  it('a key that nobody knows, another body, another desk and another time say nothing', async () => {
    const { id } = await openCaseOf(stand, opener, venueId);
    await approveAt(approver, id);
    const authority = lineKey('authority');
    expect(await send(asked(id), nodeSigner(makePrivateKey()))).toBe('desk.unknown-key');
    expect(await send(asked(id), lineKey('issuer'))).toBe('desk.unknown-key');
    expect(await send(asked(id, { from: 'register' }), lineKey('register'))).toBe('desk.not-yours');
    expect(await send(asked(id), authority, 'authority')).toBe('desk.message');
    expect(await send(asked(id, { at: now() - 700 }), authority)).toBe('desk.clock');
    expect(await send(asked(id, { what: 'case-gone' }), authority)).toBe('desk.message');
    expect(await send(asked(id, { content: { id, at: -1 } }), authority)).toBe('desk.message');
    expect(await send(asked(toBase64url(new Uint8Array(16))), authority)).toEqual({ error: 'case.unknown' });
    expect(await send(asked(id), authority)).toMatchObject({ ok: { size: expect.any(Number) } });
  });

  it('a large release comes in pieces, and a case that came twice is one', async () => {
    const { register } = stand.relays;
    register.passed.length = 0;
    const { id } = await openCaseOf(stand, opener, venueId);
    expect((await approveAt(approver, id)).json.released).toBe(4_500);
    const replayed = await stand.machines.register.call('POST', '/messages', JSON.parse(register.passed[0]!));
    expect(replayed.status).toBe(200);
    const waiting = await approver.call('GET', '/cases');
    expect(waiting.json.cases.filter((one: { id: string }) => one.id === id)).toMatchObject([
      { state: 'released' },
    ]);
    register.passed.length = 0;
    expect((await opener.call('POST', `/cases/${id}/open`)).json).toMatchObject({
      state: 'listed',
      completeness: { entries: 4_500 },
    });
    expect(register.passed.length).toBeGreaterThanOrEqual(2);
  });

  it('papers of one case under another, and a case that was changed, are refused, signed', async () => {
    const messages = stand.relays.register.passed;
    messages.length = 0;
    await openCaseOf(stand, opener, venueId);
    await openCaseOf(stand, opener, venueId, { cap: 7 });
    const authority = lineKey('authority');
    const opened = [];
    for (const text of messages) {
      const bytes = fromBase64(JSON.parse(text).message);
      const keys = async () => [authority.publicKey];
      const message = await openMessage(bytes, 'register', now(), keys, crypto);
      if (message.what === 'case-opened') opened.push(message.content);
    }
    const [one, other] = opened;
    const mixed = (content: object) =>
      send(
        { from: 'authority', to: 'register', what: 'case-opened', content, at: now() } as Said<'case-opened'>,
        authority,
      );
    expect(await mixed({ ...one!, opener: other!.opener })).toEqual({ error: 'case.challenge' });
    expect(await mixed({ ...one!, logged: other!.logged })).toEqual({ error: 'case.log' });
    expect(await mixed(one!)).toEqual({ ok: {} });
  });

  it.each(['asked', 'answered'] as const)(
    'a byte that is changed in what is %s stops there, and nothing is lost',
    async (which) => {
      const { register } = stand.relays;
      const { id } = await openCaseOf(stand, opener, venueId);
      await approveAt(approver, id);
      const middle = (body: string) => {
        const place = Math.floor(body.length / 2);
        return body.slice(0, place) + (body[place] === 'A' ? 'B' : 'A') + body.slice(place + 1);
      };
      register.change = (direction, body) => (direction === which ? middle(body) : body);
      expect((await opener.call('POST', `/cases/${id}/open`)).json.error).toBe('case.desk-away');
      // Nor can somebody in the middle refuse in the register's name.
      register.change = (direction) =>
        direction === 'answered' ? JSON.stringify({ error: 'case.over-cap', message: 'No.' }) : '{}';
      expect((await opener.call('POST', `/cases/${id}/open`)).json.error).toBe('case.desk-away');
      register.change = null;
      expect((await opener.call('POST', `/cases/${id}/open`)).json).toMatchObject({
        completeness: { entries: 4_500 },
      });
      expect(stand.machines.authority.errors.join('\n')).toContain('"code":"desk.');
    },
  );

  it('what a body handed over earlier does not take the place of what it said since', async () => {
    const register = lineKey('register');
    const content = { at: 1, issuerKeys: [], registerKeys: [], officers: [] };
    const handed = {
      from: 'register',
      to: 'authority',
      what: 'handed-over',
      content,
      at: now(),
    } as Said<'handed-over'>;
    const answer = (await send(handed, register)) as { ok: { at: number } };
    expect(answer.ok.at).toBeGreaterThan(1);
    expect((await bundleOf(stand))!.parts!.officers!.some(({ body }) => body === 'register')).toBe(true);
    // Nor may it hand over what another body signs.
    const issuerKeys = [
      {
        kid: 'AQ',
        issuer: 'kr-2022',
        publicKey: toBase64url(register.publicKey),
        usage: 'pass',
        from: 0,
        until: 1,
        withdrawn: false,
        canary: 'MJ1:',
      },
    ];
    const later = { ...content, at: Date.now() + 60_000, issuerKeys };
    expect(await send({ ...handed, content: later } as Said<'handed-over'>, register)).toEqual({
      error: 'desk.not-yours',
    });
  });

  it('every kind of message names who may say it, and to whom', () => {
    for (const [what, { from, to }] of Object.entries(MESSAGES))
      expect((from as readonly string[]).includes(to), what).toBe(false);
  });
});
