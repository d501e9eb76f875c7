import { connect, createServer, type Server, type Socket } from 'node:net';

/** An address that moves: what stands behind it can be changed, or be nothing. */
export interface Relay {
  readonly port: number;
  /** From now on connections go to this port of this machine. */
  to(port: number): Promise<void>;
  /** Ends all connections; nobody listens until something stands behind it again. */
  cut(): Promise<void>;
  /** What stood behind it last is reached again. */
  mend(): Promise<void>;
}

/** Opens an address of this machine before a port. */
export async function startRelay(first: number): Promise<Relay> {
  const open = new Set<Socket>();
  let target = first;
  let server: Server | null = null;
  let port = 0;
  const listen = async (): Promise<void> => {
    const next = createServer((near) => {
      const far = connect(target, '127.0.0.1');
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        open.add(one);
        one.setNoDelay(true);
        one.on('error', () => {});
        one.on('close', () => {
          open.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
    await new Promise<void>((done, fail) => {
      next.once('error', fail);
      next.listen(port, '127.0.0.1', done);
    });
    port = (next.address() as { port: number }).port;
    server = next;
  };
  const cut = async (): Promise<void> => {
    const ending = server;
    server = null;
    if (!ending) return;
    const closed = new Promise<void>((done) => ending.close(() => done()));
    for (const socket of open) socket.destroy();
    await closed;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    cut,
    mend: listen,
    async to(next) {
      await cut();
      target = next;
      await listen();
    },
  };
}
