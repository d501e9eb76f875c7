import { join } from 'node:path';
import { freePorts } from '../stage/ports.ts';
import { makeFolder } from './folders.ts';
import { startProgram, until } from './processes.ts';
import type { Programs } from './programs.ts';

/** The store that says who leads: one etcd here, three machines in a deployment. */
export interface Keeper {
  readonly address: string;
  /** Name of the node that holds the leader key, or null. */
  leader(): Promise<string | null>;
  /** The node that may take over without loss, as the leader last wrote it; null where there is none. */
  successor(): Promise<string | null>;
}

/** Starts one etcd in a folder. */
export async function startKeeper(programs: Programs, folder: string): Promise<Keeper> {
  const [clients, peers] = await freePorts(2);
  const address = `127.0.0.1:${clients}`;
  const data = join(folder, 'etcd');
  makeFolder(programs, data);
  const running = startProgram(
    programs,
    [
      programs.etcd,
      '--name=e1',
      `--data-dir=${data}`,
      `--listen-client-urls=http://${address}`,
      `--advertise-client-urls=http://${address}`,
      `--listen-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-advertise-peer-urls=http://127.0.0.1:${peers}`,
      `--initial-cluster=e1=http://127.0.0.1:${peers}`,
    ],
    folder,
  );
  const read = async (key: string): Promise<string | null> => {
    const answer = await fetch(`http://${address}/v3/kv/range`, {
      method: 'POST',
      body: JSON.stringify({ key: Buffer.from(`/munjigi/munjigi/${key}`).toString('base64') }),
    });
    const { kvs } = (await answer.json()) as { kvs?: { value: string }[] };
    return kvs?.[0] ? Buffer.from(kvs[0].value, 'base64').toString() : null;
  };
  await until('etcd answers', async () => {
    if (running.gone()) throw new Error(running.said());
    return (await fetch(`http://${address}/health`)).ok;
  });
  return {
    address,
    leader: () => read('leader'),
    async successor() {
      const sync = JSON.parse((await read('sync')) ?? '{}') as { sync_standby?: string | null };
      return sync.sync_standby ?? null;
    },
  };
}
