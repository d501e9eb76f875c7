import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody in the middle of a connection, who may change what passes. */
export interface Relay {
  readonly port: number;
  /** Bodies of `POST …/messages` that passed, newest last, as they were sent. */
  readonly passed: string[];
  /** Changes what is asked or answered at `/messages`; null lets everything through. */
  change: ((direction: 'asked' | 'answered', body: string) => string) | null;
  close(): Promise<void>;
}

export async function relay(to: number): Promise<Relay> {
  const self = { passed: [] as string[], change: null as Relay['change'] };
  const server = createServer((asked, answer) => {
    const parts: Buffer[] = [];
    asked.on('data', (part: Buffer) => parts.push(part));
    asked.on('end', () => {
      const isMessage = asked.url?.endsWith('/messages') ?? false;
      let body = Buffer.concat(parts);
      if (isMessage) {
        self.passed.push(body.toString());
        if (self.change) body = Buffer.from(self.change('asked', body.toString()));
      }
      const headers = { ...asked.headers, 'content-length': String(body.length) };
      const onward = request(
        { port: to, host: '127.0.0.1', method: asked.method, path: asked.url, headers },
        (said) => {
          const back: Buffer[] = [];
          said.on('data', (part: Buffer) => back.push(part));
          said.on('end', () => {
            let text = Buffer.concat(back);
            if (isMessage && self.change) text = Buffer.from(self.change('answered', text.toString()));
            answer.writeHead(said.statusCode ?? 502, { 'content-type': said.headers['content-type'] ?? '' });
            answer.end(text);
          });
        },
      );
      onward.on('error', () => answer.destroy());
      onward.end(body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return Object.assign(self, {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
}
