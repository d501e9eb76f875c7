import { caseHash } from '@munjigi/core/case';
import { fromBase64, toHex } from '@munjigi/core/encoding';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as caseMain } from '../packages/ops/src/case/main.ts';
import { main as venueMain } from '../packages/ops/src/venue/main.ts';
import { approve, type CaseStand, type Officer, openedCase, startCaseStand } from './support/case-stand.ts';
import { runCommand } from './support/command.ts';

describe('the operator of a register, by commands', () => {
  let stand: CaseStand;
  let service: string;
  let at: string[];
  beforeAll(async () => {
    stand = await startCaseStand();
    const { port } = await stand.test.service.listen();
    service = `http://127.0.0.1:${port}`;
    at = ['--service', service, '--data', stand.test.data];
  });
  afterAll(() => stand.test.remove());

  const venue = async (...args: string[]) => {
    const { code, out, err } = await runCommand(venueMain, ...args, ...at);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  };
  const cases = async (...args: string[]) => {
    const { code, out, err } = await runCommand(caseMain, ...args, ...at);
    expect([code, err]).toEqual([0, '']);
    return JSON.parse(out);
  };

  it('adds a venue, lets a tablet in, names and revokes it, and sees no visitor', async () => {
    const { venueId, enrolmentCode } = await venue(
      'add',
      '--name',
      '-식당',
      '--kind',
      'restaurant',
      '--region',
      'seoul',
    );
    const id = ['--venue', String(venueId)];
    const gate = await stand.gate({ venueId, enrolmentCode });
    await stand.guests(gate, [{ subject: null, at: stand.nowSeconds(), check: 'eye', record: 'none' }]);
    expect((await venue('code', ...id)).enrolmentCode).not.toBe(enrolmentCode);
    expect(await venue('rename', ...id, '--gate', '1', '--name', '앞문')).toEqual({ name: '앞문' });
    const shown = await venue('show', ...id);
    expect(shown).toMatchObject({ name: '-식당', devices: [{ gateNo: 1, name: '앞문', counter: 1 }] });
    expect((await venue('gates')).gates).toMatchObject([{ venueId, gateNo: 1, state: 'confirmed' }]);
    expect(await venue('revoke', ...id, '--gate', '1', '--after', '0')).toMatchObject({ afterCounter: 0 });
    expect((await venue('list')).venues).toMatchObject([{ venueId, name: '-식당' }]);
    expect(await venue('counts', ...id)).toMatchObject({ hours: [] });
    expect(await venue('registrations')).toEqual({ registrations: [] });
  });

  it('follows a case by what the public log says of it, and by nothing else', async () => {
    const opener: Officer = await stand.officer('authority');
    const approver: Officer = await stand.officer('register');
    const { venueId } = await stand.venue();
    const before = (await cases('list')).cases.length;
    const opened = await openedCase(stand, opener, venueId);
    const hash = toHex(caseHash(fromBase64(opened.case)));
    const show = async () => cases('show', '--case', hash);
    expect(await show()).toMatchObject({
      state: 'opened',
      steps: [{ kind: 'case-opened', body: 'authority' }],
    });
    await approve(approver, opened.id);
    const released = await show();
    expect(released).toMatchObject({ state: 'released' });
    expect(released.steps.map(({ kind }: { kind: string }) => kind)).toEqual([
      'case-opened',
      'case-approved',
      'release',
    ]);
    expect((await cases('list')).cases).toHaveLength(before + 1);
    expect(JSON.stringify(await cases('list'))).not.toContain(String(opener.accountId));
    expect((await cases('on-call', '--set', approver.accountId)).accounts).toMatchObject([
      { accountId: approver.accountId },
    ]);
    expect((await cases('on-call', '--everybody')).accounts).toEqual((await cases('on-call')).accounts);
  });

  it.each([
    ['venue', venueMain, ['show', '--venue', 'x'], 2, '--venue is a whole number.'],
    ['venue', venueMain, ['open'], 2, 'There is no command "open".'],
    ['venue', venueMain, ['show', '--venue', '4040'], 1, 'venue'],
    ['case', caseMain, ['show', '--case', 'ab'], 2, '64 hexadecimal digits'],
    ['case', caseMain, ['show', '--case', '0'.repeat(64)], 1, 'no such case'],
    ['case', caseMain, ['approve'], 2, 'There is no command "approve".'],
  ] as const)(
    '%s says what is wrong, and exits as scripts expect (%#)',
    async (_, main, args, code, said) => {
      const result = await runCommand(main, ...args, ...at);
      expect([result.code, result.out]).toEqual([code, '']);
      expect(result.err).toContain(said);
    },
  );

  it('needs the token of the operator, and somebody who answers', async () => {
    const alone = await runCommand(venueMain, 'list', '--service', service, '--data', '/nowhere');
    expect([alone.code, alone.err]).toEqual([1, expect.stringContaining('no operator token')]);
    const gone = await runCommand(
      venueMain,
      'list',
      '--service',
      'http://127.0.0.1:9',
      '--data',
      stand.test.data,
    );
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining('Nobody answers')]);
  });
});
