import { fromBase64 } from '@munjigi/core/encoding';
import { route, venueOperations } from '../../contracts/index.ts';
import type { DeskServer } from '../../lib/desk.ts';
import type { VenueOffice } from './index.ts';

/** Adds the operations of venues, their people and their gates. Who may call is the frame's business; what they see is ours. */
export function mountVenues(server: DeskServer, office: VenueOffice): void {
  server.route({
    ...route(venueOperations.registerVenue),
    handler: ({ who, body: { businessNumber = null, ...venue } }) =>
      office.register(who, { ...venue, businessNumber }),
  });
  server.route({
    ...route(venueOperations.listRegistrations),
    handler: async ({ who }) => ({ registrations: [...(await office.registrations(who))] }),
  });
  server.route({
    ...route(venueOperations.approveRegistration),
    handler: ({ who, params }) => office.approve(who, params.registrationId),
  });
  server.route({
    ...route(venueOperations.listVenues),
    handler: async ({ who, query }) => ({ venues: [...(await office.venues(who, query.after))] }),
  });
  server.route({
    ...route(venueOperations.venueDetail),
    async handler({ who, params }) {
      const venue = await office.venue(who, params.venueId);
      return { ...venue, devices: [...venue.devices], people: [...venue.people] };
    },
  });
  server.route({
    ...route(venueOperations.makeEnrolmentCode),
    handler: ({ who, params, body }) => office.enrolmentCode(who, params.venueId, body.role),
  });
  server.route({
    ...route(venueOperations.inviteStaff),
    handler: ({ who, params, body }) => office.inviteStaff(who, params.venueId, body.name),
  });
  server.route({
    ...route(venueOperations.renameGate),
    async handler({ who, params, body }) {
      await office.renameGate(who, params.venueId, params.gateNo, body.name);
      return { name: body.name };
    },
  });
  server.route({
    ...route(venueOperations.setVenuePin),
    async handler({ who, params, body }) {
      await office.setPin(who, params.venueId, body.pin);
      return { set: true };
    },
  });
  server.route({
    ...route(venueOperations.revokeGate),
    handler: ({ who, params, body }) =>
      office.revokeGate(who, params.venueId, params.gateNo, body.afterCounter ?? null),
  });
  server.route({
    ...route(venueOperations.venueCounts),
    async handler({ who, params, query }) {
      const { countedAtMs, hours, days } = await office.counts(who, params.venueId, query.days ?? 14);
      return { countedAtMs, hours: [...hours], days: [...days] };
    },
  });
  server.route({
    ...route(venueOperations.takeDelegation),
    async handler({ body }) {
      const { gateNo, venueId, venue, unconfirmed } = await office.takeDelegation({
        delegation: fromBase64(body.delegation),
        proof: fromBase64(body.proof),
      });
      return { gateNo, venueId, venue, unconfirmed };
    },
  });
  server.route({
    ...route(venueOperations.takeSuccessor),
    async handler({ params, body }) {
      const { gateNo, venueId, venue, unconfirmed } = await office.takeSuccessor(
        fromBase64(params.thumbprint),
        { successor: fromBase64(body.successor), proof: fromBase64(body.proof) },
      );
      return { gateNo, venueId, venue, unconfirmed };
    },
  });
  server.route({
    ...route(venueOperations.listGates),
    handler: async ({ query }) => ({
      gates: [...(await office.gates(query.after ?? 0, query.limit ?? 200))],
    }),
  });
}
