import { ApiError } from '../contracts/index.ts';
import { byteaArray, type Database, type Session } from '../db/index.ts';
import type { Enrolments } from './enrolments.ts';
import type { Identity, IdentityProvider } from './identity.ts';

/** Name of the provider that vouches for nobody. */
export const SPECIMEN = 'specimen';

/** Everybody and nobody: without evidence, so that no rule entitles them, and with a name that gives no hint. */
const NOBODY: Identity = {
  person: 'specimen',
  name: 'Specimen',
  familyName: 'Specimen',
  birthDate: '1970-01-01',
  tag: '',
  nameEn: 'Specimen',
  tagEn: '',
  asOf: null,
};

/**
 * The person of canaries. Whoever runs the issuer enrols them; whoever holds such an enrolment may enrol it anew, and so come as a
 * newcomer does, and nobody else can sign in as them. Their passes go the whole way of every pass and are signed by the specimen key,
 * so that no door takes them for a guest's.
 */
export const specimenProvider = (enrolments: Pick<Enrolments, 'find'>): IdentityProvider => ({
  name: SPECIMEN,
  async identify({ signIn }) {
    if (signIn === undefined) return null;
    const held = await enrolments.find(signIn).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 'issuer.enrolment-unknown') return null;
      throw error;
    });
    return held?.provider === SPECIMEN ? NOBODY : null;
  },
  find: async (person) => (person === NOBODY.person ? NOBODY : null),
});

/** Which key signs the passes of an enrolment. */
export const usageFor = (provider: string): 'pass' | 'specimen' =>
  provider === SPECIMEN ? 'specimen' : 'pass';

/** Notes the keys of specimens with the last day of each, so that they go with it. */
export async function keepSpecimens(
  session: Session,
  made: readonly { readonly thumbprint: Uint8Array; readonly lastDay: string }[],
): Promise<void> {
  await session.query(
    'INSERT INTO specimen_key (thumbprint, last_day) SELECT * FROM unnest($1::bytea[], $2::date[])',
    [byteaArray(made.map(({ thumbprint }) => thumbprint)), made.map(({ lastDay }) => lastDay)],
  );
}

/** Forgets the keys of specimens of days up to one; a guest's key is certified once, ever, and stays. */
export async function dropSpecimens(db: Database, day: string): Promise<void> {
  await db.query(
    `WITH gone AS (DELETE FROM specimen_key WHERE last_day <= $1 RETURNING thumbprint)
     DELETE FROM certified_key k USING gone g WHERE k.thumbprint = g.thumbprint`,
    [day],
  );
}

export const SPECIMEN_PERSON = NOBODY.person;
