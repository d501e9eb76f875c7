import { decide } from '@munjigi/core/gate';
import {
  addDays,
  admission,
  type CutoffRow,
  compilePolicy,
  cutoffs,
  demandOn,
  type Evidence,
  entitle,
  type Pack,
} from '@munjigi/core/rules';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { context, genuine, korea, noKeys, readPack, seconds } from './support/packs.ts';

const FIRST = '2021-11-01';
const LAST = '2022-03-10';
const { calendar } = korea;
const SEED = 20220106;

const days = (from: string, to: string): string[] => {
  const out: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) out.push(day);
  return out;
};

/** What a member of staff does with a row of the card: compares what is written on the paper with its dates. */
const seenGood = ({ from, to }: CutoffRow, written: string): boolean =>
  (from === undefined || written >= from) && (to === undefined || written <= to);

/** What the issuer and the door do with the same proof: entitlement, a pass with its class and end, the verdict. */
function doorAdmits(
  piece: Evidence | null,
  birthDate: string,
  venue: { kind: string; region: string },
  at: number,
): boolean {
  const { admissionClass, until } = entitle(
    korea,
    { birthDate, evidence: piece === null ? [] : [piece] },
    at,
  );
  const decision = decide(
    genuine(at, { admissionClass, until }),
    noKeys,
    korea,
    context({ instant: { seconds: at, uncertaintySeconds: 0 }, venue }),
  );
  return decision.verdict === 'admit';
}

const proofs: Record<string, (date: string) => Evidence> = {
  booster: (date) => ({ kind: 'dose', sequence: 3, date }),
  doses: (date) => ({ kind: 'dose', sequence: 2, date }),
  recovered: (date) => ({ kind: 'release', date }),
  exempt: (date) => ({ kind: 'exemption', detail: 'lasting', date }),
};
const ADULT = '1970-01-01';
const CAFE = { kind: 'cafe', region: 'seoul' };

describe('the card for eyes and the decision of the door are the same rules', () => {
  it('on every day of the pack, for every date that a paper can bear', () => {
    let accepted = 0;
    let refused = 0;
    for (const today of days(FIRST, LAST)) {
      const at = calendar.startOf(today) + 13 * 3600;
      const rows = cutoffs(korea, CAFE, at);
      expect(rows.length > 0).toBe(admission(korea, CAFE, at)!.check === 'required');
      for (const row of rows) {
        const proof = proofs[row.id];
        if (proof === undefined) continue;
        for (let back = 0; back <= 400; back += 1) {
          const date = addDays(today, -back);
          const good = seenGood(row, date);
          if (doorAdmits(proof(date), ADULT, CAFE, at) !== good)
            throw new Error(`${row.id} of ${date} on ${today}: the card says ${good}`);
          if (good) accepted += 1;
          else refused += 1;
        }
      }
    }
    expect(accepted).toBeGreaterThan(50_000);
    expect(refused).toBeGreaterThan(10_000);
  }, 60_000);

  it('at any second: a result that was notified at any second of the days before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: calendar.startOf('2021-12-06'), max: calendar.startOf('2022-03-01') - 1 }),
        fc.integer({ min: 0, max: 6 * 86_400 }),
        (at, ago) => {
          const row = cutoffs(korea, CAFE, at).find(({ id }) => id === 'negative')!;
          const notified = at - ago;
          const { hour, minute } = calendar.fieldsOf(notified);
          const written = `${calendar.dateOf(notified)}T${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
          expect(doorAdmits({ kind: 'negative', at: notified }, ADULT, CAFE, at)).toBe(
            seenGood(row, written),
          );
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it('for every birth date, and in Daegu for those below the age of the order', () => {
    const born = fc.integer({ min: 0, max: 36_500 }).map((back) => addDays('2022-02-28', -back));
    fc.assert(
      fc.property(born, fc.constantFrom('2022-01-06', '2022-02-24', '2022-02-28'), (birthDate, today) => {
        const at = calendar.startOf(today) + 40_000;
        const young = cutoffs(korea, CAFE, at).find(({ id }) => id === 'young')!;
        expect(doorAdmits(null, birthDate, CAFE, at)).toBe(seenGood(young, birthDate));
        const daegu = { kind: 'restaurant', region: 'daegu' };
        const row = cutoffs(korea, daegu, at).find(({ id }) => id === 'under-60');
        expect(demandOn(korea, daegu, at, { birthDate }).required).toBe(
          row === undefined || !seenGood(row, birthDate),
        );
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  it('whatever the numbers of the pack are: run forwards and backwards, both edges meet', () => {
    const pack = structuredClone(readPack('kr-2022')) as Pack;
    const numbers = fc.tuple(
      fc.integer({ min: 0, max: 60 }),
      fc.integer({ min: 60, max: 400 }),
      fc.constantFrom('Asia/Seoul', 'America/New_York', 'Pacific/Apia', 'Africa/Casablanca'),
    );
    const moment = fc.integer({ min: seconds('2021-01-01T00:00:00Z'), max: seconds('2023-12-31T00:00:00Z') });
    fc.assert(
      fc.property(numbers, moment, ([after, valid, timeZone], at) => {
        const rule = {
          id: 'doses',
          certificate: 'doses',
          class: 1,
          source: 'own',
          anchors: [{ kind: 'dose' }],
          from: { days: after },
          until: { days: valid },
        };
        const policy = compilePolicy({
          ...pack,
          timeZone,
          entitlement: [rule],
          sightings: [{ id: 'doses', rule: 'doses' }],
          admission: [{ ...pack.admission[1]!, from: '2000-01-01' }],
        });
        const row = cutoffs(policy, CAFE, at)[0]!;
        const accepts = (date: string) =>
          entitle(policy, { birthDate: ADULT, evidence: [{ kind: 'dose', date }] }, at).admissionClass === 1;
        const today = policy.calendar.dateOf(at);
        for (const date of [
          addDays(today, -valid - 1),
          addDays(today, -valid),
          addDays(today, -after),
          addDays(today, 1 - after),
        ]) {
          if (date <= today) expect(accepts(date), `${date} on ${today}`).toBe(seenGood(row, date));
        }
        expect(accepts(addDays(today, -valid))).toBe(true);
        expect(accepts(addDays(today, -valid - 1))).toBe(false);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
