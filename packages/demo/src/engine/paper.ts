import { IssuerClient, inTurn } from '@munjigi/offline';

/** A pass on paper: its code, and the last day that stands on it in words. */
export interface PaperPass {
  readonly text: string;
  readonly lastDay: string;
}

/** Has the issuer print a pass for a person of the demonstration. */
export async function issuePaper(person: string): Promise<PaperPass> {
  const issuer = new IssuerClient();
  const { enrolment } = await issuer.enrol(person);
  const { text, lastDay } = await inTurn(issuer, enrolment, 'paper', () => issuer.paperPass(enrolment));
  return { text, lastDay };
}
