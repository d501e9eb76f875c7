import { toBase64url } from '@munjigi/core/encoding';
import { type CaseFile, type ReadCase, readCase, roleHere, signCase, type TraceList } from './cases.ts';
import type { Console } from './console.ts';

/** Cases of this desk, newest first: at the authority all, at the register those that wait or waited for it. */
export const readCases = async (app: Console): Promise<readonly ReadCase[]> =>
  (await app.get<{ cases: CaseFile[] }>('cases')).cases.map(readCase);

export const readOneCase = async (app: Console, id: string): Promise<ReadCase> =>
  readCase(await app.get<CaseFile>(`cases/${id}`));

/** Signs and opens a case. Answers its id. */
export async function openCase(app: Console, bytes: Uint8Array): Promise<string> {
  const approval = await signCase(app, 'opener', bytes);
  const made = await app.post<CaseFile>('cases', { case: toBase64url(bytes), approval });
  return readCase(made).id;
}

/** Signs a case of the other body. */
export async function approveCase(app: Console, one: ReadCase): Promise<void> {
  const approval = await signCase(app, roleHere(app), one.bytes);
  await app.post(`cases/${one.id}/approvals`, { approval });
}

/** Has the released boxes opened and resolved. */
export const openBoxes = (app: Console, id: string): Promise<unknown> => app.post(`cases/${id}/open`, {});

export const readList = (app: Console, id: string): Promise<TraceList> => app.get(`cases/${id}/list`);

export const closeCase = (app: Console, id: string): Promise<unknown> => app.post(`cases/${id}/close`, {});
