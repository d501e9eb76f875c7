import type { Batch } from '@munjigi/core/chain';
import type { Calendar } from '@munjigi/core/rules';
import type { Crypto } from '@munjigi/core/signing';
import type { Clock } from '../../clock/index.ts';
import { ApiError } from '../../contracts/index.ts';
import type { Database } from '../../db/index.ts';
import type { Who } from '../../lib/who.ts';
import type { CallDesk, VenueCall } from '../calls/index.ts';
import type { VenueCounts } from '../counts/read.ts';
import type { PosterDesk } from '../posters/index.ts';
import type { Receipts } from '../receipts.ts';
import type { SheetDesk } from '../sheets/index.ts';
import type { Alarm, PolicyTerms } from '../types.ts';
import { type DeviceRole, makeEnrolmentCode } from './codes.ts';
import { type DelegatedGate, type DelegationFields, takeDelegation } from './delegations.ts';
import { type GateNews, gateNews, type ListedGate, listGates } from './gate-list.ts';
import { noteQuietVenues } from './inactivity.ts';
import { mayActFor, type People } from './people.ts';
import { setVenuePin, type VenuePin, venuePin } from './pin.ts';
import {
  approve,
  type Registration,
  type RegistrationFields,
  register,
  registrations,
} from './registrations.ts';
import { GateReports } from './reports.ts';
import {
  type Revocation,
  type RevokedLine,
  revokeAgain,
  revokeDevice,
  tellRevocations,
} from './revocation.ts';
import { type SucceedingGate, type SuccessorFields, takeSuccessor } from './successors.ts';
import { type ListedVenue, listVenues, renameGate, venueOf } from './venue-list.ts';

export type { DeviceRole } from './codes.ts';
export type { DelegatedGate, DelegationFields, NotConfirmed } from './delegations.ts';
export type { GateNews, ListedGate } from './gate-list.ts';
export { accountPeople, mayActFor, type People } from './people.ts';
export type { Registration, RegistrationFields } from './registrations.ts';
export { type Revocation, type RevokedLine, revokedGateHash } from './revocation.ts';
export type { SucceedingGate, SuccessorFields } from './successors.ts';
export type { ListedVenue } from './venue-list.ts';

export interface VenueOfficeParts {
  readonly db: Database;
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly receipts: Receipts;
  readonly terms: PolicyTerms;
  readonly calendar: Calendar;
  readonly people: People;
  /** Guests who call; null where no rules are told to this desk. */
  readonly calls: CallDesk | null;
  /** Paper at the door; null where no rules are told to this desk. */
  readonly sheets: SheetDesk | null;
  /** Posters that guests scan; null where none are made here. */
  readonly posters: PosterDesk | null;
  /** Takes a line for the public log; it may throw, and is then told again. */
  readonly tell?: (line: RevokedLine) => void | Promise<void>;
  readonly counts: (venueId: number, days: number) => Promise<VenueCounts>;
  readonly alarm?: (alarm: Alarm) => void;
  /** Today's local date, with its partitions made. */
  readonly today: () => Promise<string>;
}

/** A venue with everything that its owner looks after. */
export interface VenueDetail extends ListedVenue {
  /** The number that guests call; null for none. */
  readonly call: VenueCall | null;
  /** True where guests could call. */
  readonly takesCalls: boolean;
  readonly devices: readonly ListedGate[];
  /** Whoever may act for it; empty for staff. */
  readonly people: Awaited<ReturnType<People['of']>>;
}

/** Ways of being recorded without a device, as its devices name them. */
export interface VenueWays {
  /** The number that guests can call; null where none works. */
  readonly call: string | null;
  /** Sheets of paper lie ready for today. */
  readonly sheets: boolean;
  /** The number of the poster that counts; null for none. */
  readonly poster: number | null;
}

/** The part of the register desk that venues, their people and their gates come to. */
export class VenueOffice {
  readonly #reports: GateReports;
  #quietDay = '';

  constructor(private readonly parts: VenueOfficeParts) {
    this.#reports = new GateReports(parts.db);
  }

  /** See `register` of registrations.ts. */
  register(who: Who | null, fields: RegistrationFields): Promise<Registration> {
    return register(this.parts, signedIn(who), fields, this.#now);
  }

  registrations(who: Who | null): Promise<readonly Registration[]> {
    return registrations(this.parts.db, signedIn(who));
  }

  approve(who: Who | null, registrationId: number): Promise<Registration> {
    return approve(this.parts, signedIn(who), registrationId, this.#now);
  }

  venues(who: Who | null, after?: number): Promise<readonly ListedVenue[]> {
    return listVenues(this.parts.db, signedIn(who), after);
  }

  /** One venue with its devices and people. Throws `register.not-yours`, `register.venue-unknown`. */
  async venue(who: Who | null, venueId: number): Promise<VenueDetail> {
    const { roles } = mayActFor(who, venueId, 'anyone');
    const venue = await venueOf(this.parts.db, venueId);
    await this.#reports.flush().catch(() => {});
    const devices = await listGates(this.parts.db, { venueId });
    const people = roles.includes('staff') ? [] : await this.parts.people.of(venueId);
    const { calls } = this.parts;
    const call = (await calls?.numberOf(venueId)) ?? null;
    return { ...venue, call, takesCalls: calls?.possible ?? false, devices, people };
  }

  /** Lets an owner act for a venue that an operator enrolled. Throws `accounts.unknown`, `accounts.venues`. */
  giveTo(accountId: string, venueId: number): Promise<void> {
    return this.parts.people.addVenue(accountId, venueId, this.parts.db);
  }

  /** How many came in, by hour and by day; counts below five are hidden. Throws `register.not-yours`. */
  async counts(who: Who | null, venueId: number, days: number): Promise<VenueCounts> {
    mayActFor(who, venueId, 'figures');
    return this.parts.counts(venueId, days);
  }

  /** A code that enrols one device. Throws `register.not-yours`, `register.venue-unknown`. */
  async enrolmentCode(who: Who | null, venueId: number, role: DeviceRole) {
    mayActFor(who, venueId, 'owner');
    await venueOf(this.parts.db, venueId);
    return makeEnrolmentCode(this.parts.db, venueId, role, this.#now);
  }

  async inviteStaff(who: Who | null, venueId: number, name: string) {
    const by = mayActFor(who, venueId, 'owner');
    await venueOf(this.parts.db, venueId);
    return this.parts.people.inviteStaff(by, venueId, name);
  }

  async renameGate(who: Who | null, venueId: number, gateNo: number, name: string): Promise<void> {
    mayActFor(who, venueId, 'owner');
    await renameGate(this.parts.db, venueId, gateNo, name);
  }

  /** One PIN for the settings of all devices of a venue: 4 to 8 digits. */
  async setPin(who: Who | null, venueId: number, pin: string): Promise<void> {
    mayActFor(who, venueId, 'owner');
    await venueOf(this.parts.db, venueId);
    await setVenuePin(this.parts.db, venueId, pin, this.#now);
  }

  /** A lost or stolen device, or one that is out of use: what it still sends is kept and marked. */
  async revokeGate(
    who: Who | null,
    venueId: number,
    gateNo: number,
    after: number | null,
  ): Promise<Revocation> {
    mayActFor(who, venueId, 'owner');
    const revoked = await revokeDevice(this.parts.db, venueId, gateNo, after, this.#now);
    await this.tellLog().catch(() => {});
    return revoked;
  }

  /** See `revokeAgain`. */
  revokeAgain(told: readonly Uint8Array[]): Promise<number> {
    return revokeAgain(this.parts.db, told, this.#now);
  }

  /** Tells the public log of revocations that it has not taken yet. */
  async tellLog(): Promise<number> {
    const { db, tell } = this.parts;
    return tell ? tellRevocations(db, tell, this.#now) : 0;
  }

  /** See `takeDelegation`. */
  async takeDelegation(fields: DelegationFields): Promise<DelegatedGate> {
    return takeDelegation(this.parts, fields, this.#now, await this.parts.today());
  }

  /** The new key of a gate whose chain has forked; see `takeSuccessor`. */
  async takeSuccessor(gate: Uint8Array, fields: SuccessorFields): Promise<SucceedingGate> {
    const taken = await takeSuccessor(this.parts, gate, fields, this.#now, await this.parts.today());
    await this.tellLog().catch(() => {});
    return taken;
  }

  /** What a gate is told of itself. */
  async news(
    venueId: number,
    thumbprint: Uint8Array,
  ): Promise<(GateNews & VenueWays & { readonly pin: VenuePin | null }) | null> {
    const { db, calls, sheets, posters } = this.parts;
    const news = await gateNews(db, venueId, thumbprint);
    if (!news) return null;
    const call = await calls?.numberOf(venueId);
    const poster = await posters?.posterOf(venueId);
    return {
      ...news,
      call: call?.state === 'works' ? call.shown : null,
      sheets: (await sheets?.lieReady(venueId)) ?? false,
      poster: poster?.posterNo ?? null,
      pin: await venuePin(db, venueId),
    };
  }

  /** Notes what a gate said of itself with an upload that was taken. */
  noteReport(batch: Batch, app: string | null): void {
    this.#reports.note(batch, app, this.#now);
  }

  /** For operators: all gates, in pages by venue. */
  async gates(after: number, limit: number): Promise<readonly ListedGate[]> {
    await this.#reports.flush().catch(() => {});
    return listGates(this.parts.db, { afterVenue: after, limit });
  }

  /** What is due: lines for the public log at every call, quiet venues once a day. */
  async chores(): Promise<void> {
    await this.tellLog();
    const today = this.parts.calendar.dateOf(this.#now / 1000);
    if (today === this.#quietDay) return;
    await this.noteQuiet();
    this.#quietDay = today;
  }

  /** Notes the venues from which nothing came for a week. */
  noteQuiet(): Promise<number> {
    return noteQuietVenues(this.parts.db, this.parts.calendar, this.#now);
  }

  close(): Promise<void> {
    return this.#reports.close();
  }

  get #now(): number {
    return this.parts.clock.nowMs();
  }
}

function signedIn(who: Who | null): Who {
  if (who === null) throw new ApiError('register.not-yours');
  return who;
}
