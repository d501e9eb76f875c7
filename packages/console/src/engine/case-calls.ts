import type { Completeness, TraceRow } from '@munjigi/core/case';
import {
  type AskedOfficer,
  type CaseLine,
  type CaseState,
  type ReadCase,
  readBytes,
  signBytes,
  type TermsJson,
  type ToSignJson,
} from './cases.ts';
import type { Console } from './console.ts';

interface SummaryJson extends TermsJson {
  readonly id: string;
  readonly state: CaseState;
  readonly openedAt: number;
  readonly expiresAt: number;
}

/** A case as the register shows it. */
interface WaitingJson extends SummaryJson, ToSignJson {
  readonly venue: { readonly name: string } | null;
  readonly asked: readonly AskedOfficer[];
}

/** A case as the authority shows it. */
interface DetailJson extends SummaryJson {
  readonly toSign: ToSignJson;
  readonly completeness: Completeness | null;
}

const overdue = (app: Console, state: CaseState, expiresAt: number): CaseState =>
  expiresAt * 1000 <= app.world.value.now() ? 'expired' : state;

/** Cases of this desk, the newest first. */
export async function readCases(app: Console): Promise<readonly CaseLine[]> {
  const { cases } = await app.get<{ cases: (SummaryJson & { venue?: { name: string } | null })[] }>('cases');
  return cases
    .map((one) => ({
      ...one,
      state: overdue(app, one.state, one.expiresAt),
      venueName: one.venue?.name ?? null,
    }))
    .sort((a, b) => b.openedAt - a.openedAt);
}

export async function readOneCase(app: Console, id: string): Promise<ReadCase> {
  if (app.desk.body === 'register') {
    const one = await app.get<WaitingJson>(`cases/${id}`);
    return {
      ...readBytes(one),
      state: overdue(app, one.state, one.expiresAt),
      venueName: one.venue?.name ?? null,
      asked: one.asked,
      completeness: null,
    };
  }
  const one = await app.get<DetailJson>(`cases/${id}`);
  return {
    ...readBytes(one.toSign),
    state: overdue(app, one.state, one.expiresAt),
    venueName: null,
    asked: [],
    completeness: one.completeness,
  };
}

/** Has the authority write a case down. It is a draft that nobody but this desk knows until it is signed. */
export const writeCase = async (app: Console, terms: TermsJson, hours: number) =>
  readBytes(await app.post<ToSignJson>('cases', { ...terms, hours }));

/** Signs a case in the role of this body. */
export async function signCase(app: Console, one: ReturnType<typeof readBytes>): Promise<void> {
  const assertion = await signBytes(app, one.bytes, one.credentialIds);
  await app.post(`cases/${one.id}/approvals`, assertion);
}

/** Has the released boxes opened, and the issuers asked. Asked again, it goes on where it stopped. */
export const openBoxes = (app: Console, id: string): Promise<unknown> => app.post(`cases/${id}/open`);

export interface TraceList {
  readonly rows: readonly (TraceRow & { readonly stayedUntil: number })[];
  readonly completeness: Completeness;
  readonly dwellMinutes: number;
}

export const readList = (app: Console, id: string): Promise<TraceList> => app.get(`cases/${id}/list`);

export const closeCase = (app: Console, id: string): Promise<unknown> => app.post(`cases/${id}/close`);
