import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decide } from '@munjigi/core/gate';
import { cutoffs, demandOn, entitle, lawfulRecords, recordRequired } from '@munjigi/core/rules';
import { describe, expect, it } from 'vitest';
import { context, genuine, korea, noKeys, ROOT, seconds } from './support/packs.ts';

type Venue = { kind: string; region: string };
interface Vectors {
  entitlement: {
    name: string;
    at: string;
    birthDate: string;
    evidence: { kind: string; date?: string; at?: string; sequence?: number; detail?: string }[];
    expect: {
      class: number;
      certificate?: string;
      until?: string | null;
      why?: string;
      certificates?: Record<string, { standing: string; from?: string; until?: string }>;
    };
  }[];
  demand: {
    name: string;
    venue: Venue;
    at: string;
    person: { birthDate?: string; alone?: boolean };
    expect: object;
  }[];
  recording: {
    name: string;
    venue: Venue;
    at: string;
    obligation?: string;
    expect: { required: boolean; lawful: string[] };
  }[];
  cutoffs: { name: string; venue: Venue; at: string; rows: object[] }[];
  door: {
    name: string;
    venue: Venue;
    at: string;
    party?: 'alone' | 'group';
    pass: { class: number; until?: string; expiresAt?: string };
    obligation?: string;
    obligationUntil?: string;
    expect: object;
  }[];
}
const vectors = JSON.parse(readFileSync(join(ROOT, 'vectors/rules/kr-2022.json'), 'utf8')) as Vectors;

describe('rule vectors of the Korean pack', () => {
  it.each(vectors.entitlement)('entitlement: $name', (vector) => {
    const evidence = vector.evidence.map(({ at, ...piece }) =>
      at === undefined ? piece : { ...piece, at: seconds(at) },
    );
    const found = entitle(korea, { birthDate: vector.birthDate, evidence }, seconds(vector.at));
    expect(found.admissionClass).toBe(vector.expect.class);
    if (vector.expect.certificate !== undefined) expect(found.certificate).toBe(vector.expect.certificate);
    if (vector.expect.until !== undefined)
      expect(found.until).toBe(vector.expect.until === null ? null : seconds(vector.expect.until));
    if (vector.expect.why !== undefined) expect(found.why.key).toBe(vector.expect.why);
    if (vector.expect.certificates === undefined) return;
    expect(found.all.map(({ certificate }) => certificate)).toEqual(Object.keys(vector.expect.certificates));
    for (const [id, expected] of Object.entries(vector.expect.certificates)) {
      const one = found.all.find(({ certificate }) => certificate === id)!;
      expect(one.standing).toBe(expected.standing);
      if (expected.from) expect(one.from).toBe(seconds(expected.from));
      if (expected.until) expect(one.until).toBe(seconds(expected.until));
    }
  });

  it.each(vectors.demand)('demand: $name', ({ venue, at, person, expect: expected }) => {
    expect(demandOn(korea, venue, seconds(at), person)).toMatchObject(expected);
  });

  it.each(vectors.recording)('recording: $name', ({ venue, at, obligation, expect: expected }) => {
    expect(recordRequired(korea, venue, seconds(at))).toBe(expected.required);
    expect(lawfulRecords(korea, venue, seconds(at), obligation)).toEqual(expected.lawful);
  });

  it.each(vectors.cutoffs)('cut-off dates: $name', ({ venue, at, rows }) => {
    const found = cutoffs(korea, venue, seconds(at)).map(({ id, by, from, to }) => ({
      id,
      by,
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
    }));
    expect(found).toEqual(rows);
  });

  it.each(vectors.door)('door: $name', ({ venue, at, party, pass, expect: expected, ...given }) => {
    const now = seconds(at);
    const until = pass.until === undefined ? null : seconds(pass.until);
    const ends = pass.expiresAt === undefined ? {} : { expiresAt: seconds(pass.expiresAt) };
    const decision = decide(
      genuine(now, { admissionClass: pass.class, until, ...ends }),
      noKeys,
      korea,
      context({
        instant: { seconds: now, uncertaintySeconds: 0 },
        venue,
        party: party ?? 'unknown',
        obligation: given.obligation ?? null,
        obligationUntil: given.obligationUntil === undefined ? null : seconds(given.obligationUntil),
      }),
    );
    expect(decision).toMatchObject(expected);
  });
});
