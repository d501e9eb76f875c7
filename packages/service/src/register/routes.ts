import { batchFromJson, headToJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Crypto } from '@munjigi/core/signing';
import { registerOperations, route, troubleOperations } from '../contracts/index.ts';
import type { DeskServer } from '../lib/desk.ts';
import type { RegisterDesk, Standing } from './types.ts';
import { mountVenues } from './venues/routes.ts';

function standingJson({ head, have, resendFrom, receipt }: Standing) {
  return {
    head: headToJson(head),
    have: have.map(([from, to]) => [from, to]),
    resendFrom,
    receipt: receipt === null ? null : toBase64url(receipt),
  };
}

const bytesOf = (text: string | undefined): Uint8Array | null =>
  text === undefined ? null : fromBase64(text);

function newsJson(news: NonNullable<Awaited<ReturnType<RegisterDesk['venues']['news']>>>) {
  const { pin, successor } = news;
  return {
    ...news,
    successor: successor && toBase64url(successor),
    pin: pin && { ...pin, salt: toBase64url(pin.salt), hash: toBase64url(pin.hash) },
  };
}

/** Adds the register's operations to the server. */
export function mountRegister(server: DeskServer, desk: RegisterDesk, _crypto: Crypto): void {
  mountVenues(server, desk.venues);
  server.route({
    ...route(troubleOperations.reportTrouble),
    handler: async ({ body }) => ({
      counted: await desk.troubles.take(fromBase64(body.gateKey), fromBase64(body.signed)),
    }),
  });
  server.route({
    ...route(troubleOperations.listTroubles),
    async handler() {
      const { since, troubles } = await desk.troubles.lately();
      return { since, troubles: [...troubles] };
    },
  });
  server.route({
    ...route(registerOperations.addVenue),
    async handler(request) {
      const { owner, ...venue } = request.body;
      const made = await desk.enrolVenue(venue);
      if (owner !== undefined) await desk.venues.giveTo(owner, made.venueId);
      return made;
    },
  });
  server.route({
    ...route(registerOperations.addGate),
    async handler(request) {
      const { gateKey, proof, ...rest } = request.body;
      const gate = await desk.enrolGate({ ...rest, gateKey: fromBase64(gateKey), proof: fromBase64(proof) });
      return {
        ...gate,
        registerKeys: gate.registerKeys.map(({ kid, publicKey }) => ({
          kid: toBase64url(kid),
          publicKey: toBase64url(publicKey),
        })),
        head: headToJson(gate.head),
      };
    },
  });
  server.route({
    ...route(registerOperations.sendBatch),
    async handler(request) {
      const { shown, app, ...body } = request.body as typeof request.body & { shown?: string; app?: string };
      const batch = batchFromJson(body);
      const answer = await desk.ingest(batch, bytesOf(shown));
      desk.venues.noteReport(batch, app ?? null);
      return {
        ...standingJson(answer),
        results: answer.results.map(({ n, result, flags }) => ({ n, result, flags: [...flags] })),
      };
    },
  });
  server.route({
    ...route(registerOperations.gateHead),
    async handler(request) {
      const { venue, shown } = request.query as typeof request.query & { shown?: string };
      const thumbprint = fromBase64(request.params.thumbprint);
      const standing = await desk.whereAmI(venue, thumbprint, bytesOf(shown));
      const gate = await desk.venues.news(venue, thumbprint);
      return { ...standingJson(standing), ...(gate === null ? {} : { gate: newsJson(gate) }) };
    },
  });
  server.route({
    ...route(registerOperations.listRows),
    async handler(request) {
      const { venue, after, limit } = request.query;
      const { rows, total } = await desk.rows(venue, {
        ...(after === undefined ? {} : { afterMs: after }),
        ...(limit === undefined ? {} : { limit }),
      });
      return { rows: rows as never, total };
    },
  });
}
