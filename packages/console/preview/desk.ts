import type { Body } from '../src/engine/body.ts';
import { type Desk, DeskError } from '../src/engine/desk.ts';
import * as given from './answers.ts';
import { incidentBook } from './incidents.ts';
import type { makeLog } from './log.ts';

/** What the address of a preview asks for; see preview.tsx. */
export type Wish = Readonly<Record<string, string | undefined>>;

type Log = Awaited<ReturnType<typeof makeLog>>;

const ACCOUNTS: Readonly<Record<string, { name: string; roles: string[]; venueIds: number[] }>> = {
  owner: { name: '김주인', roles: ['owner'], venueIds: [7, 8] },
  staff: { name: '이직원', roles: ['staff'], venueIds: [7] },
  inspector: { name: '한점검', roles: ['inspector'], venueIds: [] },
  officer: { name: '박담당', roles: ['officer'], venueIds: [] },
  operator: { name: '정운영', roles: ['operator'], venueIds: [] },
};

/** A desk that answers from fixtures, in the shapes of the contracts. `wish.fail` names the code of an error. */
export function fixtureDesk(body: Body, wish: Wish, log: Log): Desk {
  const is = {
    stopped: wish.stopped !== undefined,
    quiet: wish.quiet !== undefined,
    empty: wish.empty !== undefined,
  };
  const state = wish.state ?? (body === 'register' ? 'waiting' : 'listed');
  const account = ACCOUNTS[wish.role ?? 'owner'];
  const waiting = {
    ...given.summary(state),
    ...given.toSign,
    venue: { name: '모퉁이 카페', kind: 'cafe' },
    asked: [
      { accountId: 'o1', name: '최담당', atMs: given.at('19:31') },
      { accountId: 'me', name: '박담당', atMs: given.at('19:46') },
    ],
  };
  const listed = state === 'listed' || state === 'opened';

  const answers: Readonly<Record<string, () => unknown>> = {
    'GET session': () => ({
      account: account ? { accountId: 'me', passkeys: 1, advice: [], endsMs: 0, ...account } : null,
    }),
    'GET venues': () => ({ venues: is.empty ? [] : given.venues }),
    'GET venues/7': () => given.detail(is),
    'GET venues/7/counts': () =>
      is.empty
        ? { countedAtMs: null, hours: [], days: [] }
        : given.counts(is.stopped ? '14:00' : '20:00', wish.hidden !== undefined),
    'POST venues/7/enrolment-code': () => ({
      enrolmentCode: 'H7KM-2QXA-9RTC',
      endsMs: given.at('20:00', '2022-01-07'),
    }),
    'GET venues/7/poster': () => ({ poster: { posterNo: 2, madeMs: given.sheets.sheets[0]!.printedMs } }),
    'POST venues/7/poster': () => ({ poster: { posterNo: 3, madeMs: given.sheets.sheets[0]!.printedMs } }),
    'GET venues/7/sheets': () => given.sheets,
    'POST venues/7/sheets': () => ({ sheets: [15, 16, 17, 18, 19] }),
    'POST venues/7/sheets/13/lines': () => ({
      lines: [
        { line: 5, result: 'stored' },
        { line: 6, result: 'wrong' },
      ],
    }),
    'POST venues/7/call-number': () => ({ call: null }),
    'POST venues/7/pin': () => ({ set: true }),
    'POST venues/7/staff': () => ({
      accountId: 'c',
      code: 'mV3tYk1ZQm-3oQ8rB0v5xA',
      endsMs: given.at('20:00', '2022-01-09'),
    }),
    'POST venues/7/gates/1/rename': () => ({ name: '출입문' }),
    'POST venues/7/gates/1/revoke': () => ({ gateNo: 1, afterCounter: 172, atMs: given.at('20:00') }),
    'POST registrations': () => ({
      ...given.registrations[0],
      ...(wish.number ? { state: 'approved', venueId: 9 } : {}),
    }),
    'GET registrations': () => ({ registrations: is.empty ? [] : given.registrations }),
    'POST registrations/3/approve': () => given.registrations[0],
    'GET cases': () => ({ cases: is.empty ? [] : [body === 'register' ? waiting : given.summary(state)] }),
    'POST cases': () => given.toSign,
    [`GET cases/${given.caseId}`]: () =>
      body === 'register'
        ? waiting
        : { ...given.summary(state), toSign: given.toSign, completeness: listed ? given.completeness : null },
    [`POST cases/${given.caseId}/approvals`]: () => ({ state: 'waiting' }),
    [`POST cases/${given.caseId}/open`]: () => ({ state: 'listed', completeness: given.completeness }),
    [`GET cases/${given.caseId}/list`]: () => ({
      id: given.caseId,
      dwellMinutes: 60,
      completeness: given.completeness,
      rows: given.rows,
    }),
    [`POST cases/${given.caseId}/close`]: () => ({ closed: true }),
    'GET gates': () => ({ gates: is.empty ? [] : given.allGates }),
    'POST notices': () => ({ sequence: 3 }),
    'GET incidents': () =>
      is.empty ? { ...incidentBook(true), incidents: [] } : incidentBook(wish.works !== undefined),
    'POST incidents': () => ({ number: 13 }),
    'POST incidents/12/confirm': () => ({ number: 12 }),
    'POST incidents/12/works': () => ({ number: 12 }),
    'POST incidents/12/close': () => ({ number: 12 }),
    'POST incidents/11/measures': () => ({ number: 11 }),
    'GET accounts': () => given.people,
    'GET on-call': () => ({ accounts: [{ accountId: 'me', name: '박담당' }] }),
    'POST on-call': () => ({ accounts: [] }),
    'POST session/invite': () => ({
      inviteId: 'i2',
      accountId: 'n',
      code: 'mV3tYk1ZQm-3oQ8rB0v5xA',
      endsMs: given.at('20:00', '2022-01-09'),
      needsApproval: true,
    }),
    'POST session/sign-out': () => ({ signedOut: true }),
  };

  async function answer<T>(method: string, path: string): Promise<T> {
    const [plain = ''] = path.split('?');
    if (wish.fail && plain !== 'session' && (method === 'POST' || wish.fail !== 'once'))
      throw new DeskError(
        wish.fail === 'network' ? 0 : wish.fail === 'session.needed' ? 401 : 403,
        wish.fail,
        '',
      );
    const found = answers[`${method} ${plain}`];
    if (!found) throw new DeskError(404, 'request.not-found', 'There is no such operation here.');
    return found() as T;
  }

  return {
    body,
    get: (path) => answer('GET', path),
    post: (path) => answer('POST', path),
    async publicLog<T>(path: string) {
      const { pathname, searchParams } = new URL(path, 'http://log/');
      const n = (name: string) => Number(searchParams.get(name));
      // A case that waits has one line in the log.
      if (pathname === '/head') return { size: state === 'waiting' ? 4 : log.size } as T;
      if (pathname === '/lines')
        return { size: log.size, lines: log.lines.slice(n('from'), n('from') + n('limit')) } as T;
      return { index: n('index'), size: log.size, receipt: log.receipts[n('index')] } as T;
    },
    document: async () => null,
    file: (path) => `#${path}`,
  };
}
