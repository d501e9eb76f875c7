import { createHash, hkdfSync } from 'node:crypto';
import { decodeDeterministic, encodeDeterministic } from '@munjigi/core/encoding';
import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { readHint } from '@munjigi/core/rules';
import { ApiError } from '../contracts/index.ts';
import { random } from '../crypto/index.ts';
import { openAtRest, sealAtRest } from '../lib/sealing.ts';
import type { Enrolment } from './enrolments.ts';
import { type IssuingParts, judge } from './issue.ts';
import { type PaperPass, paperPage } from './paper-page.ts';
import { usageFor } from './specimen.ts';
import { endDayOf, issuingMoment, lastDayOf, paperTerms } from './terms.ts';

/** How long the printable page stays open, in seconds. */
const PAGE_SECONDS = 600;

const hashOf = (page: string): Uint8Array => new Uint8Array(createHash('sha256').update(page).digest());
const keyOf = (page: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', page, '', 'MJ1 paper page', 32));

/** Issues a pass to print. Its page is kept sealed under the secret in its address, for some minutes. */
export async function issuePaper(
  parts: IssuingParts,
  secret: string,
  at: number,
): Promise<PaperPass & { readonly page: string }> {
  const enrolment = await parts.enrolments.find(secret);
  const { secretHash, ticket } = enrolment;
  return parts.queue.run('paper', secretHash, ticket, () => issuePaperNow(parts, enrolment, at));
}

async function issuePaperNow(
  parts: IssuingParts,
  enrolment: Enrolment,
  at: number,
): Promise<PaperPass & { readonly page: string }> {
  const { policy } = parts;
  const moment = issuingMoment(policy, enrolment.asOf, at);
  const { identity, entitlement, hint } = await judge(parts, enrolment, moment);
  const terms = paperTerms(policy, entitlement, hint, moment);
  const handle = random(16);
  const { signer, kid } = await parts.keys.signingKey(usageFor(enrolment.provider), at);
  const text = await issuePaperPass({ ...terms, handle, grid: { timeZone: policy.timeZone } }, signer, kid);

  const read = readHint(hint);
  const paper: PaperPass = {
    text,
    lastDay: lastDayOf(policy, terms),
    hint: read === null ? null : `${policy.hintLetters[read.initial] ?? ''} · ${read.day}`,
  };
  const page = Buffer.from(random(16)).toString('base64url');
  const day = endDayOf(policy, terms);
  const sealed = await parts.mapping.seal(day, handle, { person: identity.person, notice: random(16) });
  const sealedPage = sealAtRest(
    keyOf(page),
    hashOf(page),
    encodeDeterministic([paper.text, paper.lastDay, paper.hint]),
  );
  await parts.db.tx(async (session) => {
    await session.query('INSERT INTO issued_pass (handle, last_day, sealed) VALUES ($1, $2, $3)', [
      handle,
      day,
      sealed,
    ]);
    await session.query('DELETE FROM paper_page WHERE open_until < $1', [at]);
    await session.query('INSERT INTO paper_page (page_hash, sealed, open_until) VALUES ($1, $2, $3)', [
      hashOf(page),
      sealedPage,
      at + PAGE_SECONDS,
    ]);
  });
  return { ...paper, page };
}

/** The printable page of an address. Throws `issuer.paper-unknown` where there is none, or where its minutes are over. */
export async function openPaperPage(parts: IssuingParts, page: string, at: number): Promise<string> {
  const { rows } = await parts.db.query<{ sealed: Uint8Array }>(
    'SELECT sealed FROM paper_page WHERE page_hash = $1 AND open_until >= $2',
    [hashOf(page), at],
  );
  const plain = rows[0] && openAtRest(keyOf(page), hashOf(page), rows[0].sealed);
  if (!plain) throw new ApiError('issuer.paper-unknown');
  const [text, lastDay, hint] = decodeDeterministic(plain, { maxBytes: 4096, maxDepth: 4 }) as [
    string,
    string,
    string | null,
  ];
  return paperPage({ text, lastDay, hint });
}
