import { join } from 'node:path';
import {
  documentHash,
  type HandleSet,
  handleSet,
  handlesRoot,
  openOpening,
  signOpening,
} from '@munjigi/core/case';
import { fromBase64 } from '@munjigi/core/encoding';
import { lineSigner } from '@munjigi/core/log';
import { type Signer, spkiFromPoint } from '@munjigi/core/signing';
import { nodeSigner, openKeyFolder } from '@munjigi/service/crypto';
import { ApiError, type ResolveBody } from '../../packages/service/src/contracts/index.ts';
import type { DeskName } from '../../packages/service/src/lib/desk.ts';
import { approve, type CaseStand, crypto, type Officer, openedCase, text } from './case-stand.ts';

/** The line key of a body, as one who has broken into it holds it. */
export async function lineKeyOf(stand: CaseStand, desk: DeskName): Promise<Signer> {
  const keys = await openKeyFolder(join(stand.test.data, 'keys', desk));
  return nodeSigner((await keys.find('line'))!);
}

/** Takes a case as far as the question to the issuer, and answers the question without asking it. */
export async function capturedQuestion(
  stand: CaseStand,
  officers: { readonly opener: Officer; readonly approver: Officer },
  venueId: number,
  change: Record<string, unknown> = {},
): Promise<{ readonly id: string; readonly question: ResolveBody }> {
  const { id } = await openedCase(stand, officers.opener, venueId, change);
  const approved = await approve(officers.approver, id);
  if (approved.status !== 200) throw new Error(approved.text);
  const issuer = stand.test.service.desks.issuer!.cases!;
  let question: ResolveBody | null = null;
  issuer.resolve = async (request) => {
    question = request;
    throw new ApiError('case.desk-away');
  };
  const opened = await officers.opener.call('POST', `/api/authority/cases/${id}/open`);
  Reflect.deleteProperty(issuer, 'resolve');
  if (question === null) throw new Error(opened.text);
  return { id, question };
}

/** A question with another opening, signed and logged by an authority that lies. */
export async function lyingQuestion(
  stand: CaseStand,
  question: ResolveBody,
  lie: {
    readonly handles: readonly Uint8Array[];
    readonly count?: number;
    readonly others?: readonly HandleSet[];
  },
): Promise<ResolveBody> {
  const signer = await lineKeyOf(stand, 'authority');
  const keyOf = () => spkiFromPoint(signer.publicKey);
  const opening = await openOpening(fromBase64(question.opening), keyOf, crypto);
  const mine = handleSet('kr-2022', lie.handles, opening.salt);
  const sets = [{ ...mine, count: lie.count ?? mine.count }, ...(lie.others ?? [])];
  const bytes = await signOpening({ ...opening, sets }, signer);
  const line = await lineSigner('authority', signer).sign('opened', opening.at, {
    release: opening.releaseHash,
    opening: documentHash('opening', bytes),
    root: handlesRoot(sets),
    count: sets.reduce((sum, { count }) => sum + count, 0),
  });
  const opened = await witnessed(stand, line);
  return { ...question, opening: text(bytes), opened, handles: lie.handles.map(text) };
}

/** Logs a line, and answers its receipt under a head that both witnesses have signed. */
export async function witnessed(
  stand: CaseStand,
  line: Uint8Array,
): Promise<{ line: string; receipt: string }> {
  const { log } = stand.test.service.desks.authority!;
  const { index } = await log.append(line);
  await log.collect();
  const { receipt } = await log.proof(index);
  return { line: text(line), receipt: text(receipt) };
}
