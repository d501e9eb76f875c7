import { describe, expect, it } from 'vitest';
import { crypto } from '../../test/test-keys.ts';
import { delegate, fill, k1, root } from '../../test/trust-fixtures.ts';
import {
  begin,
  close,
  endedAt,
  firstAt,
  happened,
  type Incident,
  openStatus,
  phaseOf,
  type Status,
  signStatus,
  worksAgain,
} from './index.ts';

const T = 1_641_445_200;
const DAY = 86_400;
const cause = { ko: '부하 분산 서버가 고장 났습니다.', en: 'The part that spreads load failed.' };
const measures = [
  {
    what: { ko: '작업 전에 서버를 하나씩 뺍니다.', en: 'Nodes are drained one by one before work.' },
    owner: { ko: '운영팀', en: 'Operations' },
    due: '2022-02-01',
    done: false,
  },
];
const first = begin(
  1,
  { component: 'register', state: 'down', since: T },
  { by: 'noticed', at: T + 8, exercise: false },
  [],
  90,
);
const whole = (incident: Incident): Incident => {
  const told = happened(incident, { what: 'told', at: T + 10, notice: 'app-down' });
  const confirmed = happened(told, { what: 'confirmed', at: T + 300, notice: 'app-down' });
  const works = happened(confirmed, { what: 'works', at: T + 19_200 });
  return close(works, { cause, measures }, T + 30_000);
};

describe('an incident', () => {
  it('is detected, provisional, confirmed and closed, with every time kept', () => {
    expect(phaseOf(first)).toBe('detected');
    const told = happened(first, { what: 'told', at: T + 10, notice: 'app-down' });
    expect(phaseOf(told)).toBe('provisional');
    const closed = whole(first);
    expect(phaseOf(happened(told, { what: 'confirmed', at: T + 300, notice: 'app-down' }))).toBe('confirmed');
    expect(phaseOf(closed)).toBe('closed');
    expect(closed).toMatchObject({ cause, measures });
    expect(
      (['began', 'noticed', 'reported', 'told', 'confirmed', 'closed'] as const).map((what) =>
        firstAt(closed, what),
      ),
    ).toEqual([T, T + 8, null, T + 10, T + 300, T + 30_000]);
    expect(endedAt(closed)).toBe(T + 19_200);
  });

  it('lasts when what worked again has broken again', () => {
    const works = happened(first, { what: 'works', at: T + 60 });
    expect(worksAgain(works)).toBe(true);
    const broke = happened(works, { what: 'broke', at: T + 90 });
    expect([worksAgain(broke), endedAt(broke)]).toEqual([false, null]);
  });

  it('is not closed while it lasts, without a cause, or with a measure that nobody owns', () => {
    const works = happened(first, { what: 'works', at: T + 60 });
    const nobody = [{ ...measures[0]!, owner: { ko: ' ', en: '' } }];
    for (const wrong of [
      () => close(first, { cause, measures }, T + 70),
      () => close(works, { cause: { ko: '', en: ' ' }, measures }, T + 70),
      () => close(works, { cause, measures: nobody }, T + 70),
      () => happened(whole(first), { what: 'told', at: T + 40_000 }),
    ])
      expect(wrong).toThrow(expect.objectContaining({ code: 'incident.structure' }));
  });

  it('is called a repetition for so many days after the same component', () => {
    const again = (component: string, since: number, exercise = false) =>
      begin(
        2,
        { component, state: 'slow', since },
        { by: 'reported', at: since, exercise },
        [whole(first)],
        90,
      ).repeats;
    expect(again('register', T + 30 * DAY)).toBe(1);
    expect(again('register', T + 91 * DAY)).toBeNull();
    expect(again('issuers', T + 30 * DAY)).toBeNull();
    expect(again('register', T + 30 * DAY, true)).toBeNull();
  });
});

describe('a published status', () => {
  const status: Status = {
    version: 1,
    writtenAt: T + 30_000,
    nextBy: T + 30_300,
    exercise: false,
    states: [
      { component: 'register', state: 'works', since: T + 19_200 },
      { component: 'canaries', state: 'unknown', since: null },
    ],
    incidents: [whole(first)],
    now: fill(7),
    files: new Map([['index.html', fill(8)]]),
  };

  it('comes back as it was signed', async () => {
    expect(await openStatus(await signStatus(status, delegate!), root, crypto)).toEqual(status);
  });

  it('is believed from a delegate alone', async () => {
    await expect(openStatus(await signStatus(status, k1!), root, crypto)).rejects.toMatchObject({
      code: 'trust.signature',
    });
  });
});
