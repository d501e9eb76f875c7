import { voidEntry } from '@munjigi/core/chain';
import { makePrivateKey, nodeSigner } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  approve,
  type CaseStand,
  type Guest,
  type Officer,
  openedCase,
  presenceProof,
  startCaseStand,
  type Visitor,
} from './support/case-stand.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { OPERATOR } from './support/venues.ts';

describe.each(['PGlite', 'PostgreSQL'] as const)('a lawful trace on %s', (engine) => {
  let postgres: PrivatePostgres | NoPostgres | null = null;
  let stand: CaseStand;
  let opener: Officer;
  let approver: Officer;
  let haneul: Visitor;
  let jiho: Visitor;

  beforeAll(async () => {
    const flags: Record<string, string> = {};
    if (engine === 'PostgreSQL') {
      postgres = await startPostgres();
      if (!isThere(postgres)) return;
      for (const desk of ['issuer', 'register', 'authority'])
        flags[`database-${desk}`] = await postgres.database(desk);
    }
    stand = await startCaseStand({ flags });
    opener = await stand.officer('authority');
    approver = await stand.officer('register');
    [haneul, jiho] = [await stand.visitor('haneul'), await stand.visitor('jiho')];
  });
  afterAll(async () => {
    await stand?.test.remove();
    if (postgres && isThere(postgres)) await postgres.remove();
  });
  const on = (name: string, work: () => Promise<void>) =>
    it(name, async ({ skip }) => {
      if (postgres && !isThere(postgres)) return skip(postgres.reason);
      await work();
    });

  on(
    'goes from two signatures to a call list that says how complete it is, and ends with the case',
    async () => {
      const venue = await stand.venue();
      const gate = await stand.gate(venue);
      const now = stand.nowSeconds();
      const other = await stand.gate(await stand.venue());
      const stranger = nodeSigner(makePrivateKey());
      const at = now - 3600;
      const guests: Guest[] = [
        { subject: await haneul.shows(0, at), at },
        { subject: await jiho.shows(0, at + 60, 1), at: at + 200 },
        { subject: { kind: 'phone', number: '01012345678' }, at, check: 'eye', record: 'typed' },
        { subject: { kind: 'safety-code', code: '=가12나34' }, at, check: 'eye', record: 'typed' },
        { subject: { kind: 'sheet-line', line: '3-12' }, at, check: 'eye', record: 'paper' },
        { subject: null, at, check: 'eye', record: 'call' },
        { subject: null, at, check: 'eye', record: 'paper' },
        { subject: null, at, check: 'eye', record: 'none' },
        // Somebody whose pass no issuer gave out; a proof of yesterday played again; one kept for another hour.
        { subject: await presenceProof(stranger, haneul.kid, at), at },
        { subject: await haneul.shows(1, at - 86_400), at },
        { subject: await jiho.shows(1, at + 1800), at },
        // The same drawing at a second entry.
        { subject: await haneul.shows(0, at), at: at + 30 },
        // A box that was made for another counter.
        { subject: await haneul.shows(2, at), at, sealedFor: { counter: 900 } },
        // Outside the window.
        { subject: await haneul.shows(3, now - 7 * 3600), at: now - 7 * 3600 },
        { subject: await haneul.shows(4, at), at },
      ];
      await stand.guests(gate, guests);
      // The last one was a mistake at the door.
      const { counter } = gate.head;
      const place = { venueId: gate.venueId, counter: counter + 1, anchor: gate.anchor, clockUnknown: false };
      gate.append(1, at + 60, voidEntry({ ...place, enteredAt: at + 60, cancels: counter }));
      await stand.send(gate, counter + 1);
      // Two guests called, one of them told of twice; a third called another venue.
      const desk = stand.test.service.desks.register!;
      const called = async (id: string, calledNumber: string, callerNumber: string, when = now - 90) =>
        desk.takeCall('tel', { callId: id, calledNumber, callerNumber, at: when });
      await desk.calls!.setNumber(OPERATOR, venue.venueId, '080-111-2222');
      await desk.calls!.setNumber(OPERATOR, other.venueId, '080-111-3333');
      expect(await called('1', '080-111-2222', '010-7777-0001')).toBe('stored');
      expect(await called('1', '080-111-2222', '010-7777-0001')).toBe('already-stored');
      expect(await called('2', '080-111-2222', '+82 10-7777-0002', now - 60)).toBe('stored');
      await called('3', '080-111-3333', '010-7777-0003');
      await stand.guests(other, [{ subject: await jiho.shows(3, at), at }]);
      // Somebody scanned the poster, and their phone told of it twice; a stranger invented a box.
      await desk.posters!.change(OPERATOR, venue.venueId, true);
      const poster = await desk.posters!.codeOf(venue.venueId);
      const visit = { code: poster!, visit: new Uint8Array(16).fill(1), at: now - 30 };
      const sealed = await stand.sealedVisit(poster!, await haneul.shows(5, now - 30), now - 30);
      expect(await desk.takeVisit({ ...visit, ...sealed })).toBe('stored');
      expect(await desk.takeVisit({ ...visit, ...sealed })).toBe('already-stored');
      const invented = { visit: new Uint8Array(16).fill(2), box: new Uint8Array(193).fill(4) };
      expect(await desk.takeVisit({ ...visit, ...sealed, ...invented })).toBe('stored');

      const { id } = await openedCase(stand, opener, venue.venueId);
      const waiting = (await approver.call('GET', '/api/register/cases')).json.cases;
      expect(waiting).toMatchObject([
        { id, state: 'waiting', venue: { name: 'Sikdang' }, asked: [{ accountId: approver.accountId }] },
      ]);
      expect((await opener.call('POST', `/api/authority/cases/${id}/open`)).json.error).toBe(
        'case.not-released',
      );

      const approved = await approve(approver, id);
      expect(approved.json).toEqual({ state: 'released', released: 14 });
      const opened = await opener.call('POST', `/api/authority/cases/${id}/open`);
      expect([opened.status, opened.json.error ?? '']).toEqual([200, '']);
      expect(opened.json.state).toBe('listed');
      const completeness = {
        entries: 18,
        byRecord: { scan: 2, poster: 1, call: 2, paper: 0, typed: 2 },
        sheetsNotTyped: 0,
        onSheets: 2,
        callsNoted: 1,
        eyeWithoutContact: 1,
        otherWithoutContact: 0,
        apart: 3,
        cancelled: 1,
        keyMissing: 0,
        moved: 2,
        unknown: 1,
        notAsked: 0,
        waiting: 0,
      };
      expect(opened.json.completeness).toEqual(completeness);

      const list = (await opener.call('GET', `/api/authority/cases/${id}/list`)).json;
      expect(list).toMatchObject({ id, dwellMinutes: 120, completeness });
      const callers = list.rows.filter(
        ({ record, contact }: Record<string, unknown>) => record === 'call' && contact,
      );
      expect(callers).toMatchObject([
        { enteredAt: now - 90, contact: '01077770001', check: 'not-made', proof: 'stated', marks: [] },
        { enteredAt: now - 60, contact: '01077770002', check: 'not-made', proof: 'stated', marks: [] },
      ]);
      const people = list.rows.filter(({ person }: { person: unknown }) => person);
      expect(people).toMatchObject([
        { person: { name: haneul.name }, proof: 'presence', stayedUntil: at + 7200 },
        { person: { name: jiho.name }, proof: 'presence' },
        { person: { name: haneul.name }, record: 'poster', check: 'not-made', proof: 'stated' },
      ]);
      expect(
        list.rows
          .filter(({ state }: { state: string }) => state === 'apart')
          .map(({ why }: { why: string }) => why)
          .sort(),
      ).toEqual(['repeated', 'window', 'window']);
      expect(list.rows.some((row: object) => 'handle' in row)).toBe(false);

      const csv = await opener.call('GET', `/api/authority/cases/${id}/list.csv`);
      expect(csv.headers['content-type']).toContain('text/csv');
      expect(csv.text).toContain(`,${haneul.name},`);
      expect(csv.text).toContain(",'=가12나34,");
      expect(csv.text).not.toMatch(/(^|,)"?[=+@-]/m);

      // The log tells hashes and counts of it, in order, and nothing else.
      const lines = await stand.test.call('GET', '/api/authority/log/lines?from=0');
      expect(lines.json.size).toBeGreaterThanOrEqual(5);
      // Opened again, it is the same list: nobody is asked twice.
      expect((await opener.call('POST', `/api/authority/cases/${id}/open`)).json.completeness).toEqual(
        completeness,
      );

      expect((await opener.call('POST', `/api/authority/cases/${id}/close`)).json).toEqual({ closed: true });
      for (const [officer, desk] of [
        [opener, 'authority'],
        [approver, 'register'],
      ] as const)
        expect((await officer.call('GET', `/api/${desk}/cases/${id}`)).json.error).toBe('case.unknown');
      expect((await opener.call('GET', `/api/authority/cases/${id}/list`)).status).toBe(404);
      for (const db of stand.test.databases.values()) {
        const { rows } = await db.query("SELECT to_regclass('trace_document') AS there");
        if (rows[0]?.there) expect((await db.query('SELECT * FROM trace_document')).rows).toEqual([]);
      }
      const told = stand.test.log.join('');
      for (const personal of [
        haneul.name,
        jiho.name,
        '01012345678',
        '7777',
        '가12나34',
        'Act 76-2',
        'confirmed',
      ])
        expect(told).not.toContain(personal);
    },
  );
});
