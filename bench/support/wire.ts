import { connect, type Socket } from 'node:net';

/** What came back for one request. */
export interface WireAnswer {
  readonly status: number;
  /** Seconds of `Retry-After`; null where there is none. */
  readonly retryAfterSeconds: number | null;
  readonly body: string;
}

interface Line {
  readonly socket: Socket;
  heard: Buffer;
  done: ((answer: WireAnswer) => void) | null;
  fail: (error: Error) => void;
}

/** Bytes of a POST of JSON that names its network, as a proxy does. */
export function postBytes(path: string, json: string, network: string, headers = ''): Buffer {
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nhost: register\r\nx-forwarded-for: ${network}\r\n${headers}content-type: application/json\r\n` +
      `content-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`,
  );
}

/**
 * A caller that costs next to nothing beside what it calls: ready-made bytes over kept connections, one request at a time on each. It
 * opens as many as are needed, so nobody waits here.
 */
export class Wire {
  readonly #free: Line[] = [];
  readonly #all = new Set<Line>();

  constructor(private readonly port: number) {}

  get connections(): number {
    return this.#all.size;
  }

  /** Rejects where the connection ends before the answer. */
  send(bytes: Buffer): Promise<WireAnswer> {
    return new Promise((done, fail) => {
      const line = this.#free.pop() ?? this.#open();
      line.done = done;
      line.fail = fail;
      line.socket.write(bytes);
    });
  }

  close(): void {
    for (const { socket } of this.#all) socket.destroy();
  }

  #open(): Line {
    const socket = connect(this.port, '127.0.0.1').setNoDelay(true);
    const line: Line = { socket, heard: Buffer.alloc(0), done: null, fail: () => {} };
    this.#all.add(line);
    socket.on('data', (chunk) => this.#hear(line, chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#all.delete(line);
      const place = this.#free.indexOf(line);
      if (place >= 0) this.#free.splice(place, 1);
      if (line.done) line.fail(new Error('The connection ended before the answer.'));
    });
    return line;
  }

  #hear(line: Line, chunk: Buffer): void {
    line.heard = line.heard.length === 0 ? chunk : Buffer.concat([line.heard, chunk]);
    const end = line.heard.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = line.heard.toString('latin1', 0, end).toLowerCase();
    const length = Number(/\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
    if (line.heard.length < end + 4 + length) return;
    const body = line.heard.toString('utf8', end + 4, end + 4 + length);
    const after = /\nretry-after: (\d+)/.exec(head)?.[1];
    const { done } = line;
    line.heard = Buffer.alloc(0);
    line.done = null;
    if (head.includes('\nconnection: close')) line.socket.end();
    else this.#free.push(line);
    done?.({
      status: Number(head.slice(9, 12)),
      retryAfterSeconds: after === undefined ? null : Number(after),
      body,
    });
  }
}
