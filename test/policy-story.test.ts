import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '@munjigi/core/encoding';
import { decide, inspect } from '@munjigi/core/gate';
import { entitle, hintOf, notice, obligation, type Policy } from '@munjigi/core/rules';
import { spkiFromPoint } from '@munjigi/core/signing';
import { trustFromKeys } from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { csvEvidence, demonstrationProvider } from '@munjigi/service/issuer';
import { describe, expect, it } from 'vitest';
import {
  CAFE,
  context,
  genuine,
  korea,
  NOON,
  noKeys,
  packFolder,
  ROOT,
  seconds,
  ward,
} from './support/packs.ts';

const read = (name: string, file: string) =>
  readFileSync(join(packFolder(name), 'demonstration', file), 'utf8');

/** What the issuer makes of a person at the moment the story names, and what the door says at 13:58. */
async function atTheDoor(policy: Policy, person: string, venue: { kind: string; region: string }) {
  const people = demonstrationProvider('people.csv', read(policy.id, 'people.csv'));
  const evidence = csvEvidence('evidence.csv', policy, read(policy.id, 'evidence.csv'));
  const one = (await people.find(person))!;
  const issued = one.asOf ?? NOON;
  const { admissionClass, until } = entitle(
    policy,
    { birthDate: one.birthDate, evidence: await evidence.evidenceOf(person) },
    issued,
  );
  const hint = hintOf(policy, one.familyName, one.birthDate);
  const code = genuine(NOON, { admissionClass, until, hint, expiresAt: NOON + 86_400 });
  return { hint, decision: decide(code, noKeys, policy, context({ venue })) };
}

describe('the people of the demonstration', () => {
  it.each([
    ['haneul', 'valid', null],
    ['jeongmin', 'ended', 'grace'],
    ['seoyeon', 'valid', null],
    ['sunja', 'valid', null],
    ['minho', 'valid', null],
    ['yuna', 'valid', null],
    ['dongwoo', 'valid', null],
    ['jiho', 'nothing-usable', null],
  ] as const)('%s: %s, also %s', async (person, reason, also) => {
    const { decision, hint } = await atTheDoor(korea, person, CAFE);
    expect(decision).toMatchObject({ reason, also });
    expect(hint).toBeGreaterThan(0);
  });

  it('the ended one ended on 2 January, and is advised until the 9th', async () => {
    const { decision } = await atTheDoor(korea, 'jeongmin', CAFE);
    expect(korea.text('ko', 'reason.ended.instruction', decision.parameters)).toMatch(
      /^이 증명은 1월 2일까지였습니다\./,
    );
    expect(korea.text('ko', 'reason.grace.instruction', decision.alsoParameters)).toMatch(
      /^1월 9일까지 계도기간/,
    );
  });

  it('thirty guests come for lunch, and all go in', async () => {
    for (let i = 1; i <= 30; i += 1) {
      const { decision } = await atTheDoor(korea, `guest-${String(i).padStart(2, '0')}`, CAFE);
      expect(decision, String(i)).toMatchObject({ verdict: 'admit', reason: 'valid', record: true });
    }
  });

  it('the ward records its visitors and asks nothing', async () => {
    for (const person of ['alex', 'robin', 'guest-30']) {
      const { decision, hint } = await atTheDoor(ward, person, { kind: 'ward', region: 'main' });
      expect(decision, person).toMatchObject({
        verdict: 'admit',
        reason: 'not-required',
        check: 'not-required',
        record: true,
      });
      expect(hint, person).toBeGreaterThanOrEqual(0);
    }
  });

  it.each([
    ['kr-2022', korea],
    ['visitor-register', ward],
  ] as const)('%s publishes notices that its table has', (name, policy) => {
    const story = JSON.parse(read(name, 'story.json')) as {
      start: string;
      venue: { kind: string; region: string };
      moments: { id: string; notice: string | null; obligation?: string }[];
      people: string[];
    };
    expect(seconds(story.start)).toBe(NOON);
    expect(policy.venueKinds).toContain(story.venue.kind);
    expect(policy.regions).toContain(story.venue.region);
    expect(story.moments.map(({ id }) => id)).toEqual([
      'outage',
      'provisional',
      'confirmed',
      'what-if',
      'recovery',
    ]);
    for (const moment of story.moments) {
      if (moment.notice !== null) expect(notice(policy, moment.notice), moment.id).not.toBeNull();
      if (moment.obligation !== undefined)
        expect(obligation(policy, moment.obligation), moment.id).not.toBeNull();
    }
  });
});

describe('real passes, from the bytes to the door', () => {
  const vectors = JSON.parse(readFileSync(join(ROOT, 'vectors/mj1-pass.json'), 'utf8')) as {
    issuer: { publicKey: string };
    valid: { name: string; kid: string; drawnAt?: number; text: string }[];
    invalid: { name: string; text: string }[];
  };
  const trust = trustFromKeys(
    ['01', '012c'].map((keyId) => ({
      format: 'entry-pass' as const,
      keyId,
      publicKey: spkiFromPoint(fromHex(vectors.issuer.publicKey)),
      algorithm: 'ES256' as const,
      issuer: 'test',
      usage: ['pass'],
      from: null,
      until: null,
      withdrawn: false,
    })),
    { timeZone: korea.timeZone },
  );
  const door = async (text: string, at: number) =>
    decide(
      await inspect(text, trust, nodeCrypto()),
      trust,
      korea,
      context({ instant: { seconds: at, uncertaintySeconds: 0 } }),
    );
  const expected: Record<string, string> = {
    'ordinary pass': 'valid',
    'slow lane': 'compare',
    'class ends inside the pass': 'valid',
    'two-byte kid': 'valid',
    'entry only, no pass, no hint': 'nothing-usable',
    'worst legal: two-byte kid, class 128, widest hint, end, slow lane': 'nothing-usable',
    'paper pass': 'compare',
    'holder signature with s replaced by n - s: verifies, same handle, the same code again': 'valid',
  };

  it.each(vectors.valid)('$name', async ({ name, drawnAt, text }) => {
    const at = (drawnAt ?? 1_641_430_800) + 5;
    expect((await door(text, at)).reason).toBe(expected[name]);
    if (drawnAt !== undefined) expect((await door(text, drawnAt + 600)).reason).toBe('old-drawing');
  });

  it.each(vectors.invalid)('never admits: $name', async ({ text }) => {
    const decision = await door(text, 1_641_430_805);
    expect(decision.verdict).not.toBe('admit');
    expect(decision.record).toBe(false);
  });
});
