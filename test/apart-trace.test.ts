import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { concerns, openNotified } from '@munjigi/core/log';
import { openRoot } from '@munjigi/core/trust';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ApartOfficer,
  approveAt,
  bundleOf,
  officerOf,
  openCaseOf,
  venueWith,
  visitorOf,
} from './support/apart-people.ts';
import { crypto } from './support/case-stand.ts';
import { DESK_WORDS, type ThreeBodies, threeBodies, until } from './support/three-bodies.ts';

describe('a lawful trace by three bodies on three machines', () => {
  let stand: ThreeBodies;
  let opener: ApartOfficer;
  let approver: ApartOfficer;
  let haneul: Awaited<ReturnType<typeof visitorOf>>;
  let venueId: number;

  const open = (id: string) => opener.call('POST', `/cases/${id}/open`);
  const listed = (id: string) =>
    until('the list is whole', async () => {
      const answer = await opener.call('GET', `/cases/${id}`).catch(() => null);
      return answer?.json?.state === 'listed' && answer.json;
    });

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
    haneul = await visitorOf(stand, 'haneul');
    const at = stand.now() - 1800;
    venueId = await venueWith(stand, [
      { subject: await haneul.shows(0, at), at },
      { subject: { kind: 'phone', number: '01012345678' }, at, check: 'eye', record: 'typed' },
    ]);
  });
  afterAll(() => stand?.remove());

  it('goes from two signatures to the names, tells the visitor, and ends at both bodies', async () => {
    const { id } = await openCaseOf(stand, opener, venueId);
    expect((await open(id)).json.error).toBe('case.not-released');
    expect((await approveAt(approver, id)).json).toEqual({ state: 'released', released: 2 });
    expect((await open(id)).json).toMatchObject({ completeness: { entries: 2 } });
    expect(await listed(id)).toMatchObject({ completeness: { waiting: 0, byRecord: { scan: 1, typed: 1 } } });
    const { rows } = (await opener.call('GET', `/cases/${id}/list`)).json;
    expect(rows.flatMap(({ person }: { person: { name: string } | null }) => person?.name ?? [])).toEqual([
      haneul.name,
    ]);

    const { authority } = stand.machines;
    const root = await openRoot(
      new Uint8Array(readFileSync(join(authority.data, 'mirror', 'root.cose'))),
      crypto,
    );
    const told = await until('the file of the day names the pass', async () => {
      const path = `http://127.0.0.1:${authority.port}/api/authority/notified/2022-01-06`;
      const answer = await fetch(path);
      return answer.ok && openNotified(new Uint8Array(await answer.arrayBuffer()), root, crypto);
    });
    expect(haneul.notices.slice(0, 2).map((notice) => concerns(told, [notice]))).toEqual([true, false]);

    expect((await opener.call('POST', `/cases/${id}/close`)).json).toEqual({ closed: true });
    await until('the register has forgotten the case', async () => {
      const answer = await approver.call('GET', `/cases/${id}`);
      return answer.json.error === 'case.unknown';
    });
    for (const desk of DESK_WORDS)
      expect(stand.machines[desk].errors.join('\n')).not.toMatch(/한하늘|haneul|01012345678|Act 76-2/);
  });

  it('the register is down when the case is opened, and after its officer has signed: nothing is lost', async () => {
    const { register } = stand.machines;
    await register.kill();
    const { id } = await openCaseOf(stand, opener, venueId);
    await register.start();
    expect((await approveAt(approver, id)).json.released).toBe(2);
    await register.kill();
    expect((await open(id)).json.error).toBe('case.desk-away');
    await register.start();
    expect((await open(id)).json).toMatchObject({ completeness: { entries: 2 } });
    await listed(id);
  });

  it('the authority is down when the register signs, and starts again before it opens', async () => {
    const { authority } = stand.machines;
    const { id } = await openCaseOf(stand, opener, venueId);
    await until(
      'the register has it',
      async () => (await approver.call('GET', `/cases/${id}`)).status === 200,
    );
    await authority.kill();
    // The signature counts; what needs the public log is done once that is back.
    expect((await approveAt(approver, id)).json.error).toBe('log.away');
    expect((await approver.call('GET', `/cases/${id}`)).json.state).toBe('approved');
    await authority.start();
    await until('the register goes on by itself', async () => {
      const { json } = await approver.call('GET', `/cases/${id}`);
      return json.state === 'released';
    });
    await authority.kill();
    await authority.start();
    expect((await open(id)).json).toMatchObject({ completeness: { entries: 2 } });
    await listed(id);
  });

  it('the issuer is down at resolving: its lines wait, and are filled in when it is back, without anybody', async () => {
    const { issuer } = stand.machines;
    const { id } = await openCaseOf(stand, opener, venueId);
    await approveAt(approver, id);
    await issuer.kill();
    expect((await open(id)).json).toMatchObject({
      state: 'opened',
      completeness: { waiting: 1, byRecord: { typed: 1 } },
    });
    await issuer.start();
    expect(await listed(id)).toMatchObject({ completeness: { waiting: 0, byRecord: { scan: 1 } } });
  });

  it('a desk follows only the root that it pinned, also after it was started again', async () => {
    const { register } = stand.machines;
    const pin = join(register.data, 'keys', 'register', 'pinned-root.cose');
    expect(existsSync(pin)).toBe(true);
    const mirror = join(stand.machines.authority.data, 'mirror', 'root.cose');
    expect(readFileSync(pin).equals(readFileSync(mirror))).toBe(true);
  });
});
