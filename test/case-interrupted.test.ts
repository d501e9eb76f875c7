import { fromBase64 } from '@munjigi/core/encoding';
import { concerns, openNotified } from '@munjigi/core/log';
import { openRoot } from '@munjigi/core/trust';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../packages/service/src/contracts/index.ts';
import { OPERATOR } from '../packages/service/src/lib/who.ts';
import { capturedQuestion } from './support/case-capture.ts';
import {
  approve,
  type CaseStand,
  crypto,
  type Officer,
  openedCase,
  startCaseStand,
  type Visitor,
} from './support/case-stand.ts';

describe('a trace that is interrupted goes on where it stopped', () => {
  let stand: CaseStand;
  let opener: Officer;
  let approver: Officer;
  let haneul: Visitor;
  let venueId: number;

  beforeAll(async () => {
    stand = await startCaseStand();
    opener = await stand.officer('authority');
    approver = await stand.officer('register');
    haneul = await stand.visitor('haneul');
    const venue = await stand.venue();
    venueId = venue.venueId;
    const at = stand.nowSeconds() - 900;
    await stand.guests(await stand.gate(venue), [
      { subject: await haneul.shows(0, at), at },
      { subject: { kind: 'phone', number: '01012345678' }, at, check: 'eye', record: 'typed' },
    ]);
  });
  afterAll(() => stand.test.remove());

  const open = (id: string) => opener.call('POST', `/api/authority/cases/${id}/open`);
  /** Lets the log fail for lines of one kind, once. */
  const logFailsOnce = (desk: 'register' | 'authority' | 'issuer', kind: string) => {
    const { judge } = stand.test.service.desks[desk]!.cases!;
    const genuine = judge.log.bind(judge);
    judge.log = async (one, at, fields) => {
      if (one === kind) {
        Reflect.deleteProperty(judge, 'log');
        throw new ApiError('case.desk-away');
      }
      return genuine(one, at, fields);
    };
  };

  it('the log is away at each step in turn: the step is refused, and done when it is asked again', async () => {
    const written = (
      await opener.call('POST', '/api/authority/cases', {
        venueId,
        from: stand.nowSeconds() - 3600,
        until: stand.nowSeconds(),
        basis: 'Act',
        reason: 'One guest',
        issuers: ['kr-2022'],
        cap: 10,
        dwellMinutes: 60,
        hours: 24,
      })
    ).json;
    const { id } = written;
    const sign = () => opener.call('POST', `/api/authority/cases/${id}/approvals`, opener.sign(written));
    logFailsOnce('authority', 'case-opened');
    expect((await sign()).status).toBe(503);
    expect((await sign()).json).toEqual({ state: 'waiting' });
    logFailsOnce('register', 'release');
    expect((await approve(approver, id)).status).toBe(503);
    logFailsOnce('authority', 'opened');
    expect((await open(id)).status).toBe(503);
    logFailsOnce('issuer', 'resolved');
    const waiting = await open(id);
    expect(waiting.json).toMatchObject({
      state: 'opened',
      completeness: { waiting: 1, byRecord: { typed: 1 } },
    });
    const list = await opener.call('GET', `/api/authority/cases/${id}/list`);
    expect(list.json.rows.map(({ state }: { state: string }) => state).sort()).toEqual(['direct', 'waiting']);
    expect((await open(id)).json).toMatchObject({
      state: 'listed',
      completeness: { waiting: 0, byRecord: { scan: 1 } },
    });
    logFailsOnce('authority', 'case-closed');
    expect((await opener.call('POST', `/api/authority/cases/${id}/close`)).status).toBe(503);
    expect((await opener.call('POST', `/api/authority/cases/${id}/close`)).json).toEqual({ closed: true });
  });

  it('an issuer that refuses leaves its lines waiting; the list says so, and has everything else', async () => {
    const { id, question } = await capturedQuestion(stand, { opener, approver }, venueId);
    expect((await stand.test.call('POST', '/api/issuer/resolve', question)).status).toBe(200);
    expect((await open(id)).json.error).toBe('case.resolved-already');
    const list = (await opener.call('GET', `/api/authority/cases/${id}/list`)).json;
    expect(list.completeness).toMatchObject({ waiting: 1, byRecord: { typed: 1 } });
  });

  it('an issuer that stops before its line is logged answers when it is asked again, and holds up nobody else', async () => {
    const stopped = (await capturedQuestion(stand, { opener, approver }, venueId)).question;
    const other = (await capturedQuestion(stand, { opener, approver }, venueId)).question;
    const ask = (question: unknown) => stand.test.call('POST', '/api/issuer/resolve', question);
    const waiting = async () =>
      (await stand.test.databases.get('issuer')!.query('SELECT * FROM tag_to_publish')).rows.length;
    const { judge } = stand.test.service.desks.issuer!.cases!;
    // As a process that is killed here: nothing after this line ever runs.
    const reached = new Promise<void>((go) => {
      judge.log = () => {
        Reflect.deleteProperty(judge, 'log');
        go();
        return new Promise(() => {});
      };
    });
    void stand.test.service.desks.issuer!.cases!.resolve(stopped);
    await reached;
    expect((await ask(other)).status).toBe(200);
    expect(await waiting(), 'what was not logged is not published').toBe(0);
    const again = await ask(stopped);
    expect(again.json.people).toMatchObject([{ name: haneul.name }]);
    expect(await waiting()).toBe(0);
    expect((await ask(stopped)).json.error).toBe('case.resolved-already');
  });

  it('a visitor is told of it later where the daily file could not be written at once', async () => {
    const { question } = await capturedQuestion(stand, { opener, approver }, venueId);
    const authority = stand.test.service.desks.authority!;
    const genuine = authority.publishNotified;
    let failed = 0;
    Object.assign(authority, {
      publishNotified: async () => {
        failed += 1;
        throw new Error('the disk is full');
      },
    });
    expect((await stand.test.call('POST', '/api/issuer/resolve', question)).status).toBe(200);
    expect(failed).toBe(1);
    const waiting = async () =>
      (await stand.test.databases.get('issuer')!.query('SELECT * FROM tag_to_publish')).rows.length;
    expect(await waiting()).toBe(1);
    Object.assign(authority, { publishNotified: genuine });
    await stand.test.service.desks.issuer!.cases!.tend();
    const root = await openRoot((await stand.test.call('GET', '/api/authority/root')).bytes, crypto);
    const file = await stand.test.call('GET', '/api/authority/notified/2022-01-06');
    expect(concerns(await openNotified(file.bytes, root, crypto), haneul.notices.slice(0, 1))).toBe(true);
    expect(await waiting()).toBe(0);
  });

  it('a list stays readable when an officer leaves, and not one second after its case has expired', async () => {
    const leaving = await stand.officer('register');
    const { id } = await openedCase(stand, opener, venueId, { hours: 1 });
    await approve(leaving, id);
    expect((await open(id)).json.state).toBe('listed');
    await stand.test.service.accounts.get('register')!.end(leaving.accountId, OPERATOR);
    expect((await opener.call('GET', `/api/authority/cases/${id}/list`)).status).toBe(200);
    stand.later(3600_000);
    for (const list of ['list', 'list.csv'])
      expect((await opener.call('GET', `/api/authority/cases/${id}/${list}`)).json.error).toBe(
        'case.expired',
      );
  });

  it('what is personal ends with the hour of its case, though the register and the log are away', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { id } = await openedCase(stand, opener, venueId, { hours: 1 });
      await approve(approver, id);
      expect((await open(id)).json.state).toBe('listed');
      ids.push(id);
    }
    const { cases } = stand.test.service.desks.authority!;
    const register = stand.test.service.desks.register!.cases!;
    register.end = async () => {
      throw new Error('the database is away');
    };
    stand.later(3600_000);
    await expect(cases!.tend()).rejects.toThrow('away');
    for (const id of ids) expect(await cases!.store.openSealed(fromBase64(id), 'rows')).toBeNull();
    Reflect.deleteProperty(register, 'end');
    await cases!.tend();
    for (const id of ids)
      await expect(cases!.store.find(fromBase64(id))).rejects.toMatchObject({ code: 'case.unknown' });
    [opener, approver] = [await opener.again(), await approver.again()];
  });

  it('the key of a case goes with it: a copy of the database tells no name and no number', async () => {
    const { id } = await openedCase(stand, opener, venueId);
    await approve(approver, id);
    await open(id);
    const db = stand.test.databases.get('authority')!;
    const kept = (
      await db.query<{ name: string; bytes: Uint8Array }>('SELECT name, bytes FROM trace_document')
    ).rows;
    expect(kept.some(({ name }) => name === 'rows')).toBe(true);
    for (const { bytes } of kept) {
      const raw = Buffer.from(bytes).toString('latin1') + Buffer.from(bytes).toString('utf8');
      for (const personal of [haneul.name, '01012345678']) expect(raw).not.toContain(personal);
    }
    const store = stand.test.service.desks.authority!.cases!.store;
    expect(await store.openSealed(fromBase64(id), 'rows')).not.toBeNull();
    await opener.call('POST', `/api/authority/cases/${id}/close`);
    // The row comes back from a backup; its key does not.
    const row = kept.find(({ name }) => name === 'rows')!;
    await store.add({
      id: fromBase64(id),
      bytes: new Uint8Array(1),
      account: '',
      takenAt: 0,
      expiresAt: 9e9,
    });
    await store.keep(fromBase64(id), 'rows', row.bytes);
    expect(await store.openSealed(fromBase64(id), 'rows')).toBeNull();
  });
});
