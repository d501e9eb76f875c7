import { type BatchJson, batchFromJson } from '@munjigi/core/chain';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { type Database, openPostgres } from '@munjigi/service/db';
import { openRegister, type TestRegister } from '../register.ts';

/** What a run asks of a service node, over the process channel. */
export type NodeRequest = { id: number } & (
  | { op: 'open'; url: string; nowMs: number }
  | { op: 'close' }
  | { op: 'venue' }
  | { op: 'gate'; venueId: number; enrolmentCode: string; gateKey: string; proof: string }
  | { op: 'send'; nowMs: number; batch: BatchJson; shown: string | null }
  | { op: 'state'; nowMs: number; venueId: number; thumbprint: string; shown: string | null }
);

/** A register desk in a process of its own that is given one database after the other. */
async function main([keys, privateKey]: readonly string[]): Promise<void> {
  let open: { readonly db: Database; readonly register: TestRegister } | null = null;
  const desk = () => {
    if (!open) throw new Error('no database is open');
    return open.register.desk;
  };
  const bytesOf = (text: string | null) => (text === null ? null : fromBase64(text));

  async function handle(ask: NodeRequest): Promise<unknown> {
    switch (ask.op) {
      case 'open': {
        const db = openPostgres({ url: ask.url, connections: 3 });
        const register = await openRegister(db, {
          keys: keys!,
          privateKey: fromBase64(privateKey!),
          startMs: ask.nowMs,
        });
        open = { db, register };
        return null;
      }
      case 'close':
        await open?.register.desk.close();
        await open?.db.close();
        open = null;
        return null;
      case 'venue':
        return desk().enrolVenue({ name: 'Sikdang', kind: 'restaurant', region: 'seoul' });
      case 'gate': {
        const { venueId, enrolmentCode, gateKey, proof } = ask;
        await desk().enrolGate({
          venueId,
          enrolmentCode,
          gateKey: fromBase64(gateKey),
          proof: fromBase64(proof),
          name: 'door',
        });
        return null;
      }
      case 'send':
        open?.register.at(ask.nowMs);
        return inJson(await desk().ingest(batchFromJson(ask.batch), bytesOf(ask.shown)));
      case 'state':
        open?.register.at(ask.nowMs);
        return inJson(await desk().whereAmI(ask.venueId, fromBase64(ask.thumbprint), bytesOf(ask.shown)));
    }
  }

  process.on('message', (ask: NodeRequest) => {
    handle(ask).then(
      (answer) => process.send!({ id: ask.id, answer }),
      (error: unknown) =>
        process.send!({ id: ask.id, error: (error as { code?: string }).code ?? String(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
  process.send!({ id: 0 });
}

type Standing = Awaited<ReturnType<TestRegister['desk']['whereAmI']>>;

/** The answer as HTTP carries it. */
const inJson = (answer: Standing) => ({
  ...answer,
  head: { counter: answer.head.counter, hash: toBase64url(answer.head.hash) },
  receipt: answer.receipt && toBase64url(answer.receipt),
});

await main(process.argv.slice(2));
