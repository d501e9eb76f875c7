import { type BatchJson, batchFromJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { openPostgres } from '@munjigi/service/db';
import type { VenueFields } from '@munjigi/service/register';
import { openTestEmbedded } from './databases.ts';
import { posterChannels } from './posters.ts';
import { openRegister, STORY_MS } from './register.ts';
import { OPERATOR } from './venues.ts';

/** What the parent asks over the channel, and what it is told. */
export type ChildRequest = { id: number } & (
  | { op: 'venue'; venue: VenueFields }
  | { op: 'gate'; venueId: number; enrolmentCode: string; gateKey: string; proof: string }
  | { op: 'ingest'; batch: BatchJson }
  | { op: 'where'; venueId: number; thumbprint: string }
  | { op: 'stored'; venueId: number }
  | { op: 'poster'; venueId: number }
  | { op: 'visit'; visit: { code: string; visit: string; at: number; dayKeyId: number; box: string } }
);
export type ChildReply = { id: number; error?: string; answer?: unknown };

/** A register desk in a process of its own, on a folder or an address, spoken to over the process channel. */
async function main([where, keys, privateKey, channels]: readonly string[]): Promise<void> {
  const db = where!.startsWith('postgres://')
    ? openPostgres({ url: where!, connections: 4 })
    : await openTestEmbedded(where!);
  const { desk } = await openRegister(db, {
    keys: keys!,
    privateKey: fromBase64(privateKey!),
    startMs: STORY_MS,
    ...(channels === 'posters' ? { channels: posterChannels() } : {}),
  });
  const reply = (message: ChildReply) => process.send!(message);

  async function handle(ask: ChildRequest): Promise<unknown> {
    switch (ask.op) {
      case 'venue':
        return desk.enrolVenue(ask.venue);
      case 'gate': {
        const { venueId, enrolmentCode, gateKey, proof } = ask;
        await desk.enrolGate({
          venueId,
          enrolmentCode,
          gateKey: fromBase64(gateKey),
          proof: fromBase64(proof),
          name: 'door',
        });
        return null;
      }
      case 'ingest': {
        const answer = await desk.ingest(batchFromJson(ask.batch));
        return {
          counter: answer.head.counter,
          results: answer.results.map((one) => one.result),
          receipt: answer.receipt && toBase64url(answer.receipt),
        };
      }
      case 'where':
        return { counter: (await desk.whereAmI(ask.venueId, fromBase64(ask.thumbprint))).head.counter };
      case 'poster': {
        await desk.posters!.change(OPERATOR, ask.venueId, true);
        const { rows } = await db.query<{ code: Uint8Array }>('SELECT code FROM poster WHERE venue_id = $1', [
          ask.venueId,
        ]);
        return toBase64url(rows[0]!.code);
      }
      case 'visit': {
        const { code, visit, at, dayKeyId, box } = ask.visit;
        return desk.takeVisit({
          code: fromBase64(code),
          visit: fromBase64(visit),
          at,
          dayKeyId,
          box: fromBase64(box),
        });
      }
      case 'stored': {
        const { rows } = await db.query(
          'SELECT gate_no AS "gateNo", counter, count(*) AS times FROM entry WHERE venue_id = $1 GROUP BY 1, 2',
          [ask.venueId],
        );
        return rows;
      }
    }
  }

  process.on('message', (ask: ChildRequest) => {
    handle(ask).then(
      (answer) => reply({ id: ask.id, answer }),
      (error: unknown) => reply({ id: ask.id, error: (error as { code?: string }).code ?? String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  reply({ id: 0 });
}

await main(process.argv.slice(2));
