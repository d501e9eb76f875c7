import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataNode, makeNode } from './data-node.ts';
import { makeFolder } from './folders.ts';
import { startFront } from './front.ts';
import { type Keeper, startKeeper } from './keeper.ts';
import { until } from './processes.ts';
import { findPrograms, type Missing, type Programs } from './programs.ts';
import { startWarden, type Warden } from './warden.ts';

/** A PostgreSQL of three data nodes that fails over, with the shipped settings of `deploy/patroni`. */
export interface DatabaseCluster {
  readonly nodes: readonly DataNode[];
  readonly keeper: Keeper;
  /** Address through the front: whoever is primary. */
  address(database: string): string;
  /** Address of one node, past the front. */
  addressOf(node: DataNode, database: string): string;
  /** The node that holds the leader key and is primary, once there is one. */
  primary(withinMs?: number): Promise<DataNode>;
  /** The node that would take over without loss, once there is one. */
  successor(withinMs?: number): Promise<DataNode>;
  /** Waits until all three stand: one primary, two standbys that follow it. */
  whole(withinMs?: number): Promise<void>;
  /** Ends everything and deletes it. */
  end(): Promise<void>;
}

export const isMissing = (one: object): one is Missing => 'reason' in one;

/**
 * Starts etcd, three nodes and a front on this machine, on ports that are free, in a folder of their own; ready when one node
 * is primary and another is its synchronous standby. The reason where something is not installed. Everything ends with this process, however that ends.
 */
export async function startDatabaseCluster(): Promise<DatabaseCluster | Missing> {
  const programs = findPrograms();
  if (isMissing(programs)) return programs;
  const folder = mkdtempSync(join(tmpdir(), 'munjigi-cluster-'));
  makeFolder(programs, folder);
  const warden = startWarden(folder);
  try {
    return await start(programs, folder, warden);
  } catch (error) {
    await warden.end();
    throw error;
  }
}

async function start(programs: Programs, folder: string, warden: Warden): Promise<DatabaseCluster> {
  const password = randomBytes(12).toString('hex');
  const keeper = await startKeeper(programs, folder);
  const nodes: DataNode[] = [];
  for (const name of ['a', 'b', 'c']) {
    const node = await makeNode(
      { programs, folder: join(folder, name), keeper: keeper.address, password },
      name,
    );
    nodes.push(node);
  }
  const front = await startFront(programs, folder, nodes);

  const named = (name: string | null) => nodes.find((node) => node.name === name) ?? null;
  const told = () => nodes.map((node) => `--- ${node.name}\n${node.said().slice(-6000)}`).join('\n');
  const waiting = async <T>(what: string, ask: () => Promise<T | null>, withinMs: number): Promise<T> =>
    until(what, ask, withinMs).catch((error: Error) => {
      throw new Error(`${error.message}\n${told()}`);
    });
  const cluster: DatabaseCluster = {
    nodes,
    keeper,
    address: (database) => `postgres://postgres:${password}@127.0.0.1:${front.port}/${database}`,
    addressOf: (node, database) => `postgres://postgres:${password}@127.0.0.1:${node.port}/${database}`,
    primary: (withinMs = 60_000) =>
      waiting(
        'a primary',
        async () => {
          const node = named(await keeper.leader());
          return node && (await node.standing()) === 'primary' ? node : null;
        },
        withinMs,
      ),
    successor: (withinMs = 60_000) =>
      waiting('a synchronous standby', async () => named(await keeper.successor()), withinMs),
    whole: async (withinMs = 60_000) => {
      await cluster.primary(withinMs);
      await cluster.successor(withinMs);
      await waiting(
        'all three nodes',
        async () => {
          const standings = await Promise.all(nodes.map((node) => node.standing()));
          return standings.filter((one) => one === 'standby').length === 2 ? true : null;
        },
        withinMs,
      );
    },
    async end() {
      await Promise.all(nodes.map((node) => node.link.cut()));
      await warden.end();
    },
  };
  for (const node of nodes) node.start();
  await cluster.whole();
  return cluster;
}
