import { presentPass } from '@munjigi/core/entry-pass';
import { issueLivePass } from '@munjigi/core/entry-pass/issue';
import { addDays } from '@munjigi/core/rules';
import type { SimKey } from '../crypto/keys.ts';
import type { KeyRing, Suite } from '../crypto/suite.ts';
import type { Authority, IssuerKey } from './authority.ts';

/** A pass, and what is true of it. Times are whole seconds. */
export interface HeldPass {
  readonly bytes: Uint8Array;
  readonly holder: SimKey;
  readonly kid: number;
  readonly admissionClass: number;
  readonly expiresAt: number;
}

/** Issues a pass as the issuer's desk does, by core's own writer. */
export async function issuePass(
  parts: { readonly authority: Authority; readonly suite: Suite; readonly keys: KeyRing },
  issuer: IssuerKey,
  admissionClass: number,
  lastDay: string,
): Promise<HeldPass> {
  const holder = parts.keys.next();
  const expiresAt = parts.authority.calendar.startOf(addDays(lastDay, 1));
  const bytes = await issueLivePass(
    { expiresAt, admissionClass, hint: 0, holderKey: holder.publicKey },
    parts.suite.signerOf(issuer.key),
    issuer.kid,
  );
  return { bytes, holder, kid: issuer.kid[0]!, admissionClass, expiresAt };
}

/** The text of a code, drawn at a moment of the phone's own clock (whole seconds). */
export const drawCode = ({ bytes, holder }: HeldPass, suite: Suite, drawnAt: number): Promise<string> =>
  presentPass(bytes, suite.signerOf(holder), drawnAt, 0);
