import type { Console } from './console.ts';
import type { Counts, VenueLine, VenuePage } from './venues.ts';

/** Venues that this account may see. */
export const readVenues = async (app: Console): Promise<readonly VenueLine[]> =>
  (await app.get<{ venues: VenueLine[] }>('venues')).venues;

export const readVenue = (app: Console, venueId: number): Promise<VenuePage> => app.get(`venues/${venueId}`);

export const readCounts = (app: Console, venueId: number): Promise<Counts> =>
  app.get(`venues/${venueId}/counts?days=14`);

export interface EnrolmentCode {
  readonly enrolmentCode: string;
  readonly endsMs: number;
}

/** A code that enrols one device: a gate, or an owner's device that may let others in. */
export const inviteDevice = (app: Console, venueId: number, role: 'gate' | 'owner'): Promise<EnrolmentCode> =>
  app.post(`venues/${venueId}/enrolment-code`, { role });

export const inviteStaff = (app: Console, venueId: number, name: string) =>
  app.post<{ readonly code: string; readonly endsMs: number }>(`venues/${venueId}/staff`, { name });

export const renameGate = (app: Console, venueId: number, gateNo: number, name: string): Promise<unknown> =>
  app.post(`venues/${venueId}/gates/${gateNo}/rename`, { name });

export const revokeGate = (app: Console, venueId: number, gateNo: number): Promise<unknown> =>
  app.post(`venues/${venueId}/gates/${gateNo}/revoke`, {});

/** Sets the PIN before the settings of all devices of a venue; each takes it over when it next hears of the register. */
export const setPin = (app: Console, venueId: number, pin: string): Promise<unknown> =>
  app.post(`venues/${venueId}/pin`, { pin });

/** Gives a venue the number that guests call to be recorded, or takes it away. */
export const setCallNumber = (app: Console, venueId: number, number: string | null): Promise<unknown> =>
  app.post(`venues/${venueId}/call-number`, { number });
