import type { Server } from 'node:net';
import { DEFAULT_PORT } from './options.ts';

/** The asked port is taken by another program; exit code 1. */
export class PortBusy extends Error {}

const TRIES = 40;
const taken = (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE' || error.code === 'EACCES';

/** Listens and resolves to the port; rejects with the system's error. */
export function listenOn(server: Server, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', fail);
      const address = server.address();
      done(typeof address === 'object' && address ? address.port : port);
    });
  });
}

const close = (server: Server) => new Promise<void>((done) => server.close(() => done()));

/**
 * Listens with every server of `make(host)` on one port on all `hosts`. A busy default port gives way to the next free
 * one; an asked one does not. A host of a family that this machine lacks is left out. Throws PortBusy.
 */
export async function takePort(
  asked: number | null,
  hosts: readonly string[],
  make: () => Server,
): Promise<{ port: number; servers: Server[] }> {
  const first = asked ?? DEFAULT_PORT;
  const last = asked === null ? first + TRIES : first;
  for (let port = first; port <= last; port++) {
    const servers: Server[] = [];
    let given = port;
    let busy = false;
    for (const host of hosts) {
      const server = make();
      try {
        given = await listenOn(server, given, host);
        servers.push(server);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (servers.length > 0 && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) continue;
        if (!taken(error as NodeJS.ErrnoException)) throw error;
        busy = true;
        break;
      }
    }
    if (!busy) return { port: given, servers };
    await Promise.all(servers.map(close));
  }
  throw new PortBusy(
    asked === null
      ? `Ports ${first} to ${last} are all in use. Give a free one with --port N.`
      : `Port ${asked} is in use by another program. Stop that program, or give another port with --port N.`,
  );
}
