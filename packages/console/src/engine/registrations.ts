import type { Console } from './console.ts';

/** A venue that somebody wants to enrol. Instants are milliseconds. */
export interface Registration {
  readonly registrationId: number;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  readonly businessNumber: string | null;
  /** Who asks, as the account is named. */
  readonly owner?: string | null;
  readonly state: 'waiting' | 'approved';
  readonly madeMs: number;
  readonly venueId: number | null;
}

export interface NewRegistration {
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  /** Null asks for an approval by local government instead. */
  readonly businessNumber: string | null;
}

export const register = (
  app: Console,
  { businessNumber, ...venue }: NewRegistration,
): Promise<Registration> =>
  app.post('registrations', { ...venue, ...(businessNumber === null ? {} : { businessNumber }) });

export const readRegistrations = async (app: Console): Promise<readonly Registration[]> =>
  (await app.get<{ registrations: Registration[] }>('registrations')).registrations;

export const approveRegistration = (app: Console, id: number): Promise<unknown> =>
  app.post(`registrations/${id}/approve`);
