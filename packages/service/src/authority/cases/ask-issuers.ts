import { documentHash, openOpening, openResolution, sortedHandles } from '@munjigi/core/case';
import { equalBytes, toBase64url } from '@munjigi/core/encoding';
import { ApiError } from '../../contracts/index.ts';
import type {
  CaseJudge,
  CaseStore,
  IssuerCasePort,
  LoggedLine,
  ResolvedPerson,
} from '../../lib/case/index.ts';
import { decodeRows, encodeRows } from './list.ts';
import type { OpenedRow } from './open-boxes.ts';

export interface Asking {
  readonly caseId: Uint8Array;
  readonly caseBytes: Uint8Array;
  readonly approvals: readonly Uint8Array[];
  readonly release: Uint8Array;
  readonly released: LoggedLine;
  readonly judge: CaseJudge;
  readonly store: CaseStore;
  readonly issuer: (name: string) => IssuerCasePort | null;
  readonly witnessed: (logged: LoggedLine) => Promise<LoggedLine>;
}

const logged = ({ line, receipt }: LoggedLine) => ({
  line: toBase64url(line),
  receipt: toBase64url(receipt),
});

/**
 * Asks each issuer of an opening for its own handles, once each. An issuer that is away leaves its lines waiting, and is asked
 * again with the next call; one that refuses leaves them waiting. No issuer holds up another. Throws the first refusal, at the end.
 */
export async function askIssuers(asking: Asking): Promise<void> {
  const { caseId, judge, store } = asking;
  const openingBytes = (await store.document(caseId, 'opening'))!;
  const opened = (await store.logged(caseId, 'opened'))!;
  const { crypto } = judge.parts;
  const opening = await openOpening(openingBytes, await judge.keyOf('authority'), crypto);
  let whole = true;
  let refused: ApiError | null = null;
  for (const { issuer } of opening.sets) {
    const name = `resolution ${issuer}`;
    if (await store.document(caseId, name)) continue;
    const rows = decodeRows((await store.openSealed(caseId, 'rows'))!);
    const handles = sortedHandles(
      rows.flatMap((row) => (row.issuer === issuer && row.handle ? [row.handle] : [])),
    );
    const port = asking.issuer(issuer);
    if (port === null) {
      whole = false;
      continue;
    }
    const answer = await port
      .resolve({
        case: toBase64url(asking.caseBytes),
        approvals: asking.approvals.map(toBase64url),
        release: toBase64url(asking.release),
        opening: toBase64url(openingBytes),
        released: logged(await asking.witnessed(asking.released)),
        opened: logged(await asking.witnessed(opened)),
        handles: handles.map(toBase64url),
      })
      .catch((error: unknown) => {
        // Away: asked again. Refused: said to whoever opened, since something is wrong that asking again does not mend.
        if (error instanceof ApiError && error.status !== 503) refused ??= error;
        return null;
      });
    if (answer === null) {
      whole = false;
      continue;
    }
    const said = await openResolution(answer.resolution, await judge.keyOf('issuer'), crypto);
    if (!equalBytes(said.openingHash, documentHash('opening', openingBytes)) || said.issuer !== issuer)
      throw new ApiError('case.opening');
    await store.db.tx(async (session) => {
      // Another process may have joined another issuer's names meanwhile: they are read again under the lock of the case.
      await store.lock(caseId, session);
      if (!(await store.keep(caseId, name, answer.resolution, session))) return;
      const newest = decodeRows((await store.openSealed(caseId, 'rows', session))!);
      await store.keepSealed(caseId, 'rows', encodeRows(joined(newest, issuer, answer.people)), session);
    });
  }
  if (refused) throw refused;
  if (whole) await store.keep(caseId, 'listed', Uint8Array.of(1));
}

/** The lines with the names that an issuer gave; a handle that it does not know stays unknown. */
function joined(
  rows: readonly OpenedRow[],
  issuer: string,
  people: readonly ResolvedPerson[],
): readonly OpenedRow[] {
  const known = new Map(
    people.map(({ handle, name, birthDate }) => [toBase64url(handle), { name, birthDate }]),
  );
  return rows.map((row) => {
    if (row.issuer !== issuer || row.handle === null) return row;
    const person = known.get(toBase64url(row.handle)) ?? null;
    // Once answered, the handle has done its work.
    return { ...row, handle: null, person, state: person ? 'resolved' : 'unknown' };
  });
}
