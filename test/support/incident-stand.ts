import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toBase64url } from '@munjigi/core/encoding';
import { type Seen, type State, signObservation } from '@munjigi/core/incident';
import type { Signer } from '@munjigi/core/signing';
import { type Now, openNow, openRoot } from '@munjigi/core/trust';
import { makePrivateKey, nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { openPostgres, type Row } from '@munjigi/service/db';
import { tempFolder } from './databases.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './postgres.ts';
import { STORY_SECONDS, startTestService, type TestAnswer, type TestService } from './service.ts';

const crypto = nodeCrypto();
export const EVERY_SECONDS = 5;

/** How components stand in a round, such as `{register: 'down'}`, each through one front door. */
export type Round = Readonly<Record<string, State>>;

/** A canary whose key is listed, as its rounds reach an authority. */
export class TestCanary {
  sequence = 0;
  readonly signer: Signer = nodeSigner(makePrivateKey());

  constructor(readonly name: string) {}

  /** The line of the file of keys. */
  get line(): string {
    return `${this.name} ${toBase64url(this.signer.publicKey)}`;
  }

  async observation(round: Round, at: number, sequence = ++this.sequence): Promise<{ observation: string }> {
    const seen = Object.entries(round).map(
      ([component, state]): Seen => ({
        component,
        door: 'front',
        side: 'outside',
        state,
        step: component === 'issuers' ? 'issue' : 'receipt',
        ms: 40,
      }),
    );
    const signed = await signObservation({ canary: this.name, sequence, at, seen }, this.signer);
    return { observation: toBase64url(signed) };
  }
}

/** One or two authorities on one database, with a clock that the test moves and a canary that they know. */
export interface IncidentStand {
  readonly nodes: readonly TestService[];
  readonly canary: TestCanary;
  readonly data: string;
  /** Seconds of the story. */
  at(): number;
  /** Time passes; nothing happens by itself. */
  pass(seconds: number): void;
  /** Rounds of the canary, five seconds apart, each followed by one look of every node at once. */
  rounds(...rounds: readonly Round[]): Promise<void>;
  look(): Promise<void>;
  now(): Promise<Now>;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is what the test then looks at
  incidents(): Promise<any>;
  /** Rows of the authority's database. */
  rows(sql: string): Promise<readonly Row[]>;
  /** As if nothing had happened yet. */
  reset(): Promise<void>;
  /** Of an operator, at the first node. */
  act(path: string, body: object): Promise<TestAnswer>;
  close(): Promise<void>;
}

/**
 * @param postgres null for the embedded database, which one node alone can open
 */
export async function openIncidentStand(
  postgres: PrivatePostgres | null,
  options: { readonly nodes?: number; readonly flags?: Record<string, string | boolean> } = {},
): Promise<IncidentStand> {
  const data = tempFolder('incidents');
  const canary = new TestCanary('seoul');
  const keys = join(data, 'canaries.txt');
  writeFileSync(keys, `# those who look from outside\n${canary.line}\n`);
  const began = 1_800_000_000_000;
  let ms = began;
  const flags: Record<string, string | boolean> = {
    desks: 'issuer,authority',
    'canary-keys': keys,
    ...options.flags,
  };
  if (postgres)
    for (const desk of ['issuer', 'authority']) flags[`database-${desk}`] = await postgres.database(desk);
  const nodes: TestService[] = [];
  for (let n = 0; n < (options.nodes ?? 1); n++)
    nodes.push(await startTestService({ data, flags, machine: () => ms }));
  const [first] = nodes as [TestService];
  const address = flags['database-authority'];
  const db =
    typeof address === 'string'
      ? openPostgres({ url: address, connections: 1 })
      : first.databases.get('authority')!;
  const all = () => Promise.all(nodes.map(({ service }) => service.desks.authority!.look()));
  /** All at once, as it happens; then again, as two seconds later, when each has heard what another decided. */
  const look = async (): Promise<void> => {
    await all();
    await all();
  };
  const at = () => STORY_SECONDS + Math.floor((ms - began) / 1000);
  return {
    nodes,
    canary,
    data,
    at,
    pass(seconds) {
      ms += seconds * 1000;
    },
    async rounds(...rounds) {
      for (const round of rounds) {
        ms += EVERY_SECONDS * 1000;
        const answer = await first.call(
          'POST',
          '/api/authority/observations',
          await canary.observation(round, at()),
        );
        if (answer.status !== 200) throw new Error(`The observation was not taken: ${answer.text}`);
        await look();
      }
    },
    look,
    async now() {
      const bytesOf = async (name: string) => (await first.call('GET', `/api/authority/${name}`)).bytes;
      return openNow(await bytesOf('now'), await openRoot(await bytesOf('root'), crypto), crypto);
    },
    async incidents() {
      return (await first.operate('GET', '/api/authority/incidents')).json;
    },
    rows: async (sql) => (await db.query(sql)).rows,
    async reset() {
      await db.script('TRUNCATE incident_event, incident, observation, canary_heard, notice');
      await look();
    },
    act: (path, body) => first.operate('POST', `/api/authority/incidents${path}`, body),
    async close() {
      if (postgres) await db.close();
      for (const node of nodes) await node.remove();
    },
  };
}

export const engines = [
  { name: 'an embedded database', open: async () => null },
  { name: 'PostgreSQL', open: startPostgres },
] as const satisfies readonly { name: string; open: () => Promise<PrivatePostgres | NoPostgres | null> }[];

export { isThere };
