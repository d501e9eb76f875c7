import { type AddressInfo, createServer } from 'node:net';

/** Ports of this machine that nobody uses now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((done, fail) => {
      server.once('error', fail);
      server.listen(0, '127.0.0.1', done);
    });
    ports.push((server.address() as AddressInfo).port);
  }
  await Promise.all(servers.map((server) => new Promise<void>((done) => server.close(() => done()))));
  return ports;
}

/** A port of this machine that nobody uses now. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}
