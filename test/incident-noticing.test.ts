import { toBase64url } from '@munjigi/core/encoding';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  engines,
  type IncidentStand,
  isThere,
  openIncidentStand,
  type Round,
  TestCanary,
} from './support/incident-stand.ts';
import type { NoPostgres, PrivatePostgres } from './support/postgres.ts';

const GOOD: Round = { register: 'works', issuers: 'works' };
const DOWN: Round = { register: 'down', issuers: 'works' };
const whatOf = (incident: { events: { what: string }[] }) => incident.events.map(({ what }) => what);
const cause = { ko: '부하 분산 서버 고장', en: 'The part that spreads load failed' };
const measures = [
  {
    what: { ko: '한 대씩 뺍니다', en: 'One at a time' },
    owner: { ko: '운영팀', en: 'Operations' },
    due: '2022-02-01',
    done: false,
  },
];

describe.each(engines)('noticing on $name', ({ open }) => {
  let postgres: PrivatePostgres | NoPostgres | null = null;
  let stand: IncidentStand | null = null;
  const isHere = (one: typeof postgres): one is PrivatePostgres => one !== null && isThere(one);

  beforeAll(async () => {
    postgres = await open();
    if (postgres === null) stand = await openIncidentStand(null);
    else if (isThere(postgres)) stand = await openIncidentStand(postgres, { nodes: 2 });
  });
  beforeEach(() => stand?.reset());
  afterAll(async () => {
    await stand?.close();
    if (isHere(postgres)) await postgres.remove();
  });
  const whole = (name: string, test: (stand: IncidentStand) => Promise<void>) =>
    it(name, async ({ skip }) => {
      if (postgres && !isThere(postgres)) return skip(postgres.reason);
      await test(stand!);
    });

  whole(
    'an outage is noticed by two looks of three, told at once, confirmed, ended and closed',
    async ({ rounds, now, incidents, act, at, pass }) => {
      await rounds(GOOD, GOOD, GOOD);
      expect(await now()).toMatchObject({ notice: null });
      const began = at() + 5;
      await rounds(DOWN);
      expect(await now()).toMatchObject({ notice: null });
      await rounds(DOWN);
      expect(at() - began, 'seconds from the first failing look').toBeLessThanOrEqual(10);
      expect(await now()).toMatchObject({
        notice: 'app-down',
        status: 'provisional',
        obligation: 'check-by-eye',
        parameters: { since: began },
      });
      let [incident] = (await incidents()).incidents;
      expect(incident).toMatchObject({
        number: 1,
        component: 'register',
        state: 'down',
        phase: 'provisional',
      });
      expect(whatOf(incident)).toEqual(['began', 'noticed', 'told']);

      pass(180);
      expect((await act('/1/confirm', { notice: 'app-down' })).status).toBe(200);
      expect(await now()).toMatchObject({
        notice: 'app-down',
        status: 'confirmed',
        parameters: { since: began },
      });

      expect((await act('/1/close', { cause, measures })).json.error).toBe('authority.incident-lasts');
      await rounds(GOOD, GOOD, GOOD);
      [incident] = (await incidents()).incidents;
      expect(incident).toMatchObject({ works: true, proposed: { notice: 'app-back' } });
      expect(await now(), 'a person confirmed it: its end is proposed and no more').toMatchObject({
        notice: 'app-down',
      });
      expect((await act('/1/close', { cause, measures })).json.error).toBe('authority.incident-speaks');
      expect((await act('/1/confirm', { notice: 'app-back' })).status).toBe(200);
      expect(await now()).toMatchObject({
        notice: 'app-back',
        status: 'confirmed',
        parameters: { since: began, until: expect.any(Number) },
      });
      expect((await act('/1/close', { cause: { ko: ' ', en: '' }, measures })).json.error).toBe(
        'authority.incident-terms',
      );
      expect((await act('/1/close', { cause, measures })).status).toBe(200);
      expect((await act('/1/confirm', { notice: null })).json.error).toBe('authority.incident-closed');
      [incident] = (await incidents()).incidents;
      expect(incident).toMatchObject({ phase: 'closed', cause, measures, repeats: null });
      expect(whatOf(incident)).toEqual([
        'began',
        'noticed',
        'told',
        'confirmed',
        'works',
        'confirmed',
        'closed',
      ]);
      expect((await act('/1/measures', { done: [true] })).status).toBe(200);

      await rounds(DOWN, DOWN);
      const all = (await incidents()).incidents;
      expect(all[0]).toMatchObject({ number: 2, repeats: 1, phase: 'provisional' });
      expect(all[1].measures[0].done).toBe(true);
    },
  );

  whole(
    'the table never says anything over what a person has said',
    async ({ rounds, now, nodes, incidents }) => {
      await rounds(GOOD);
      const say = (body: object) => nodes[0]!.operate('POST', '/api/authority/notices', body);
      await say({ notice: 'validity-starts', status: 'confirmed' });
      await rounds(DOWN, DOWN, DOWN);
      expect(await now()).toMatchObject({ notice: 'validity-starts', status: 'confirmed' });
      expect((await incidents()).incidents[0]).toMatchObject({ phase: 'detected', state: 'down' });
      await say({ notice: null, status: 'confirmed' });
      await rounds(DOWN, DOWN);
      expect(await now(), 'somebody looked at this very incident and said otherwise').toMatchObject({
        notice: null,
      });
    },
  );

  whole(
    'what the pack lets end by itself does, and what is slow is told as slow',
    async ({ rounds, now, incidents }) => {
      const slow: Round = { register: 'works', issuers: 'slow' };
      await rounds(GOOD, slow, slow);
      expect(await now()).toMatchObject({ notice: 'issuing-delayed', status: 'provisional' });
      expect((await incidents()).incidents[0]).toMatchObject({ component: 'issuers', state: 'slow' });
      await rounds(GOOD, GOOD);
      expect(await now()).toMatchObject({ notice: 'issuing-delayed' });
      await rounds(GOOD);
      expect(await now()).toMatchObject({ notice: null });
      await rounds({ register: 'works', issuers: 'down' }, DOWN, DOWN);
      expect(await now(), 'what is down goes before what is slow').toMatchObject({ notice: 'app-down' });
    },
  );

  whole(
    'what a person has to end is ended by nothing less than what is down',
    async ({ rounds, now, nodes, incidents }) => {
      await rounds(GOOD, DOWN, DOWN, GOOD, GOOD, GOOD);
      expect(await now()).toMatchObject({ notice: 'app-down', status: 'provisional' });
      const slow: Round = { register: 'works', issuers: 'slow' };
      await rounds(slow, slow);
      expect(await now()).toMatchObject({ notice: 'app-down' });
      const said = await nodes[0]!.operate('POST', '/api/authority/notices', {
        notice: 'app-back',
        status: 'confirmed',
      });
      expect(said.status).toBe(200);
      const [, first] = (await incidents()).incidents;
      expect(first).toMatchObject({ component: 'register', phase: 'confirmed', exercise: true });
      expect(whatOf(first)).toEqual(['began', 'noticed', 'told', 'works', 'confirmed']);
    },
  );

  whole(
    'the end of a sentence is a person’s, though the register works a round before the issuers do',
    async ({ rounds, now, act, pass, incidents }) => {
      const both: Round = { register: 'down', issuers: 'down' };
      const slow: Round = { register: 'works', issuers: 'slow' };
      const later: Round = { register: 'works', issuers: 'down' };
      await rounds(GOOD, both, both);
      expect(await now()).toMatchObject({ notice: 'app-down', status: 'provisional' });
      await rounds(later, later, later, later);
      expect((await incidents()).incidents).toMatchObject([
        { component: 'register', works: true },
        { component: 'issuers', works: false },
      ]);
      expect(await now(), 'delays would end by themselves, and this with them').toMatchObject({
        notice: 'app-down',
        obligation: 'check-by-eye',
      });
      await rounds(slow, slow, slow);
      expect(await now()).toMatchObject({ notice: 'app-down' });
      await rounds(GOOD, GOOD, GOOD);
      expect(await now(), 'nobody has ended it').toMatchObject({ notice: 'app-down', status: 'provisional' });
      await act('', { component: 'kakao', state: 'down' });
      expect(await now(), 'what is down now is truer').toMatchObject({ notice: 'wallet-down' });

      pass(60);
      await rounds(GOOD, GOOD, GOOD, both, both, both);
      expect(await now()).toMatchObject({ notice: 'app-down', status: 'provisional' });
      const { number } = (await incidents()).incidents.find(
        (one: { component: string }) => one.component === 'register',
      );
      expect((await act(`/${number}/confirm`, { notice: 'app-down' })).status).toBe(200);
      await rounds(later, later, later, slow, slow, slow, GOOD, GOOD, GOOD);
      expect(await now(), 'nothing takes the place of what a person stands for').toMatchObject({
        notice: 'app-down',
        status: 'confirmed',
      });
    },
  );

  whole('what was down and is slow by now is told as slow', async ({ rounds, now, nodes, pass }) => {
    await rounds(GOOD, DOWN, DOWN, DOWN);
    pass(1);
    const usual = { notice: null, status: 'confirmed' };
    await nodes[0]!.operate('POST', '/api/authority/notices', usual);
    const slow: Round = { register: 'slow', issuers: 'works' };
    await rounds(slow, slow, slow);
    expect(await now()).toMatchObject({ notice: null });
    const slower: Round = { register: 'slow', issuers: 'slow' };
    await rounds(slower, slower);
    expect(await now()).toMatchObject({ notice: 'issuing-delayed' });
  });

  whole(
    'somebody reports what no canary sees, and says when it works again',
    async ({ now, act, incidents, pass }) => {
      expect((await act('', { component: 'kakao', state: 'down' })).json).toEqual({ number: 1 });
      expect(await now()).toMatchObject({
        notice: 'wallet-down',
        status: 'provisional',
        obligation: 'usual',
      });
      pass(60);
      expect((await act('', { component: 'kakao', state: 'down' })).json).toEqual({ number: 1 });
      await act('/1/confirm', { notice: 'wallet-down' });
      await act('/1/works', {});
      const [incident] = (await incidents()).incidents;
      expect(whatOf(incident)).toEqual(['began', 'reported', 'told', 'reported', 'confirmed', 'works']);
      expect(incident.proposed).toEqual({ notice: null });
      expect((await act('/7/works', {})).json.error).toBe('authority.incident-unknown');
    },
  );

  whole(
    'forged, replayed, old and early observations are refused, and change nothing',
    async ({ nodes, canary, at, rounds, incidents, now }) => {
      await rounds(GOOD);
      const post = (body: object) => nodes[0]!.call('POST', '/api/authority/observations', body);
      const stranger = new TestCanary('seoul');
      const signed = await canary.observation(DOWN, at());
      const bent = Buffer.from(signed.observation, 'base64url');
      bent[bent.length - 1]! ^= 1;
      const codes = [
        await post(await stranger.observation(DOWN, at(), 99)),
        await post({ observation: toBase64url(bent) }),
        await post({ observation: toBase64url(Uint8Array.of(1, 2, 3)) }),
        await post(await canary.observation(DOWN, at() - 61, 50)),
        await post(await canary.observation(DOWN, at() + 16, 51)),
      ].map(({ json }) => json.error);
      expect(codes).toEqual([
        'authority.observation-key',
        'authority.observation-key',
        'authority.observation',
        'authority.observation-old',
        'authority.observation-old',
      ]);
      expect((await post(signed)).status).toBe(200);
      expect((await post(signed)).json.error).toBe('authority.observation-old');
      await rounds(GOOD, GOOD);
      expect((await incidents()).incidents).toEqual([]);
      expect(await now()).toMatchObject({ notice: null });
    },
  );

  whole(
    'nobody says the same twice, however many look at once',
    async ({ rounds, rows, nodes, act, look }) => {
      await rounds(GOOD, DOWN);
      const before = Number((await rows("SELECT count(*) AS n FROM published WHERE document = 'now'"))[0]!.n);
      await rounds(DOWN);
      await Promise.all([look(), look(), look()]);
      await rounds(DOWN, DOWN);
      expect(await rows('SELECT notice, status, said_by FROM notice WHERE notice IS NOT NULL')).toEqual([
        { notice: 'app-down', status: 'provisional', said_by: 'table' },
      ]);
      expect(await rows('SELECT component FROM incident')).toEqual([{ component: 'register' }]);
      const [said] = await rows("SELECT count(*) AS n FROM published WHERE document = 'now'");
      expect(Number(said!.n) - before).toBe(1);
      expect((await act('/1/confirm', { notice: 'app-down' })).status).toBe(200);
      for (const node of nodes) await node.service.desks.authority!.refresh();
      const [confirmed] = await rows("SELECT count(*) AS n FROM published WHERE document = 'now'");
      expect(Number(confirmed!.n) - before, 'another node hears it and says it no second time').toBe(2);
      const told = await Promise.all(
        nodes.map(async ({ call }) =>
          Buffer.from((await call('GET', '/api/authority/now')).bytes).toString('hex'),
        ),
      );
      expect(new Set(told).size).toBe(1);
    },
  );

  whole(
    'a canary that falls silent is told of, and what it last saw is no news',
    async ({ rounds, pass, look, incidents, now }) => {
      await rounds(GOOD, DOWN);
      pass(60);
      await look();
      const { states } = await incidents();
      expect(states).toContainEqual({ component: 'canaries', state: 'down', since: expect.any(Number) });
      expect(states).toContainEqual(expect.objectContaining({ component: 'register', state: 'unknown' }));
      expect(await now()).toMatchObject({ notice: null });
    },
  );
});
