import { fromBase64 } from '@munjigi/core/encoding';
import { ApiError, registerCaseOperations as operations, route } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import { assertOwnPasskey, type StoredCase, summaryOf, toSign } from '../../lib/case/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { RegisterCaseState, RegisterCases } from './register-cases.ts';

/** Names of this body's accounts. */
export type NamesOf = (accounts: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** The register's console: cases that wait for this body's officer, exactly as they will be signed. */
export function mountRegisterCases(
  server: DeskServer,
  cases: RegisterCases,
  db: Database,
  namesOf: NamesOf,
): void {
  const view = async (stored: StoredCase, state: RegisterCaseState) => {
    const summary = summaryOf(stored.bytes);
    const { rows } = await db.query<{ name: string; kind: string }>(
      'SELECT name, kind FROM venue WHERE venue_id = $1',
      [summary.venueId],
    );
    const asked = await cases.onCall.asked(stored.id);
    const names = await namesOf(asked.map(({ accountId }) => accountId));
    return {
      ...(await toSign(cases.judge, 'approver', stored.bytes)),
      ...summary,
      venue: rows[0] ? { name: rows[0].name, kind: rows[0].kind } : null,
      state,
      asked: asked.map(({ accountId, atMs }) => ({ accountId, name: names.get(accountId) ?? '', atMs })),
    };
  };

  const onCall = async () => {
    const accounts = await cases.onCall.list();
    const names = await namesOf(accounts);
    return { accounts: accounts.map((accountId) => ({ accountId, name: names.get(accountId) ?? '' })) };
  };

  server.route({ ...route(operations.getOnCall), handler: onCall });

  server.route({
    ...route(operations.setOnCall),
    handler: async ({ body }) => {
      await cases.onCall.set(body.accounts);
      return onCall();
    },
  });

  server.route({
    ...route(operations.casesToApprove),
    handler: async () => ({
      cases: await Promise.all((await cases.all()).map(({ stored, state }) => view(stored, state))),
    }),
  });

  server.route({
    ...route(operations.caseToApprove),
    handler: async ({ params }) => {
      const id = fromBase64(params.id);
      return view(await cases.store.find(id), await cases.state(id));
    },
  });

  server.route({
    ...route(operations.approveCase),
    handler: async ({ params, body, who }) => {
      if (!who?.accountId) throw new ApiError('session.needed');
      await assertOwnPasskey(db, who.accountId, body.credentialId);
      const id = fromBase64(params.id);
      const released = await cases.approve(id, who.accountId, body);
      return { state: await cases.state(id), released };
    },
  });
}
