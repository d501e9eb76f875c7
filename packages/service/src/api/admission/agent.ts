import { createServer, type Server } from 'node:net';

/** Never so little that a balancer would stop trying. */
const LEAST = 10;

/**
 * What a balancer's agent check is told: a weight in percent of the server's own, by how many of those who came lately were let in.
 * Never `ready`, which would end a drain that somebody else has begun, nor `drain`, which no percentage ends again: HAProxy would keep the
 * server out after it was started anew. A server that leaves takes nothing of its weight.
 */
export function weightOf(accepted: number, leaving: boolean): string {
  if (leaving) return '0%';
  return `${Math.max(LEAST, Math.round(accepted * 100))}%`;
}

/** Answers HAProxy's agent checks: a line a connection, whatever is sent. */
export function listenToAgents(
  { host, port }: { readonly host: string; readonly port: number },
  word: () => string,
): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.setTimeout(2_000, () => socket.destroy());
    socket.end(`${word()}\n`);
  });
  return new Promise((done, fail) => {
    server.once('error', fail).listen(port, host, () => {
      server.off('error', fail).on('error', () => {});
      done(server.unref());
    });
  });
}
