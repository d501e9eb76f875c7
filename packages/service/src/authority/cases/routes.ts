import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { ApiError, authorityCaseOperations as operations, route } from '../../contracts/index.ts';
import { assertOwnPasskey, type StoredCase, summaryOf, toSign } from '../../lib/case/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { Who } from '../../lib/who.ts';
import type { AuthorityCases } from './authority-cases.ts';
import { listAsTable, shownRow } from './list.ts';

const accountOf = (who: Who | null): string => {
  if (!who?.accountId) throw new ApiError('session.needed');
  return who.accountId;
};

/** The authority's console: officers of this body open cases and read their lists. */
export function mountAuthorityCases(server: DeskServer, cases: AuthorityCases): void {
  const summary = async ({ id, bytes }: StoredCase) => ({
    id: toBase64url(id),
    state: await cases.state(id),
    ...summaryOf(bytes),
  });

  server.route({
    ...route(operations.openCase),
    handler: async ({ body, who }) => {
      const { hours, ...terms } = body;
      return toSign(cases.judge, 'opener', await cases.write(accountOf(who), terms, hours));
    },
  });

  server.route({
    ...route(operations.listCases),
    handler: async () => ({ cases: await Promise.all((await cases.store.all()).map(summary)) }),
  });

  server.route({
    ...route(operations.getCase),
    handler: async ({ params }) => {
      const stored = await cases.store.find(fromBase64(params.id));
      const told = await summary(stored);
      const listed = told.state === 'opened' || told.state === 'listed';
      return {
        ...told,
        toSign: await toSign(cases.judge, 'opener', stored.bytes),
        completeness: listed ? (await cases.list(stored.id)).completeness : null,
      };
    },
  });

  server.route({
    ...route(operations.signCase),
    handler: async ({ params, body, who }) => {
      const id = fromBase64(params.id);
      const account = accountOf(who);
      await assertOwnPasskey(cases.store.db, account, body.credentialId);
      await cases.sign(id, account, body);
      return { state: await cases.state(id) };
    },
  });

  server.route({
    ...route(operations.openRelease),
    handler: async ({ params }) => {
      const id = fromBase64(params.id);
      const { completeness } = await cases.open(id);
      return { state: await cases.state(id), completeness };
    },
  });

  server.route({
    ...route(operations.getCallList),
    handler: async ({ params }) => {
      const list = await cases.list(fromBase64(params.id));
      const { dwellMinutes } = list.case;
      const rows = list.rows.map((row) => shownRow(row, dwellMinutes));
      return { id: params.id, dwellMinutes, completeness: list.completeness, rows };
    },
  });

  server.route({
    ...route(operations.getCallListCsv),
    handler: async ({ params }, reply) => {
      const list = await cases.list(fromBase64(params.id));
      const text = listAsTable(list.rows, list.case.dwellMinutes, cases.judge.parts.policy);
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="list.csv"')
        .send(text as never);
    },
  });

  server.route({
    ...route(operations.closeCase),
    handler: async ({ params }) => {
      await cases.close(fromBase64(params.id));
      return { closed: true };
    },
  });
}
