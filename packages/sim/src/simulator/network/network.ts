import type { Kernel } from '../kernel/kernel.ts';
import type { Process } from '../kernel/process.ts';
import type { Link } from './link.ts';

/** A request as a server sees it. */
export interface Asked {
  readonly method: string;
  /** Behind the host, with the query. */
  readonly path: string;
  readonly body: string | null;
}

/** An answer on its way: a text, or the bytes of a document. */
export interface Answered {
  readonly status: number;
  readonly body: string | Uint8Array;
  readonly retryAfterSeconds?: number | null;
}

/** A machine that answers at a name. */
export interface Host {
  /** The process that answers now; null where nobody listens. */
  readonly process: Process | null;
  /** Its own cable, where it can be pulled. */
  readonly link?: Link;
  /** Notes that somebody waits; `broken` is called where the process dies meanwhile. The answer ends it. */
  asking?(broken: () => void): () => void;
  answer(asked: Asked): Promise<Answered>;
}

/** The network between devices and servers: everything that passes is an event, and can be late, lost or doubled. */
export class Network {
  readonly #hosts = new Map<string, Host>();
  /** Requests to a path that begins with this are counted. */
  readonly counted = { path: '/api/', requests: 0, busiestSecond: 0, second: 0, inSecond: 0 };

  constructor(
    private readonly kernel: Kernel,
    /** What is remarkable of what happened here. */
    private readonly noted: (what: string) => void = () => {},
  ) {}

  attach(name: string, host: Host): void {
    this.#hosts.set(name, host);
  }

  /** `fetch` as a page of this process finds it. */
  fetchOf(process: Process, link: Link): typeof fetch {
    return ((address: string, init: RequestInit = {}) => this.#fetch(process, link, address, init)) as never;
  }

  #fetch(process: Process, link: Link, address: string, init: RequestInit): Promise<Response> {
    const { kernel } = this;
    const { host: name, pathname, search } = new URL(address, 'https://nowhere.example');
    const asked: Asked = {
      method: init.method ?? 'GET',
      path: pathname + search,
      body: typeof init.body === 'string' ? init.body : null,
    };
    return new Promise((done, fail) => {
      if (!process.asks('network')) return;
      this.#count(pathname);
      kernel.note(process.name, `asks ${name} ${asked.method} ${pathname.slice(0, 30)}`);
      const refused = () => fail(new TypeError('The network does not answer.'));
      init.signal?.addEventListener('abort', () => fail(init.signal!.reason));
      const host = this.#hosts.get(name);
      if (!link.up || host === undefined) {
        kernel.after(process, 1, refused);
        return;
      }
      const back = (answer: Answered | null) => {
        if (!link.up || link.halfOpen || link.loses() || host.link?.up === false) {
          if (answer !== null) this.noted('an answer was lost');
          return;
        }
        kernel.after(process, link.way(), () => {
          kernel.note(process.name, `hears ${answer?.status ?? 'nothing'} of ${name}`);
          if (answer === null) refused();
          else done(responseOf(answer));
        });
      };
      const arrive = (answered: (answer: Answered | null) => void) => {
        const server = host.process;
        if (host.link?.up === false) return;
        if (server === null || !server.alive) return answered(null);
        // It was not there when this was sent, and is now.
        if (kernel.current !== server) return void kernel.after(server, 0, () => arrive(answered));
        const ended = host.asking?.(() => answered(null));
        host.answer(asked).then((answer) => {
          ended?.();
          answered(answer);
        });
      };
      // What arrives is the server's business, also where nobody is left to hear the answer.
      const send = (ms: number, answered: (answer: Answered | null) => void) => {
        const server = host.process;
        if (server?.alive) kernel.after(server, ms, () => arrive(answered));
        else kernel.after(process, ms, () => arrive(answered));
      };
      if (link.loses()) this.noted('a request was lost');
      else send(link.way(), back);
      if (link.doubles()) {
        this.noted('a request came twice');
        send(link.way() + link.way() * 3, () => {});
      }
    });
  }

  #count(path: string): void {
    const { counted } = this;
    if (!path.startsWith(counted.path)) return;
    const second = Math.floor(this.kernel.nowMs / 1000);
    counted.inSecond = second === counted.second ? counted.inSecond + 1 : 1;
    counted.second = second;
    counted.requests += 1;
    counted.busiestSecond = Math.max(counted.busiestSecond, counted.inSecond);
  }
}

function responseOf({ status, body, retryAfterSeconds }: Answered): Response {
  const response = {
    ok: status >= 200 && status < 300,
    status,
    headers: {
      get: (name: string) =>
        name === 'retry-after' && retryAfterSeconds != null ? String(retryAfterSeconds) : null,
    },
    json: async () => JSON.parse(body as string),
    arrayBuffer: async () => (body as Uint8Array).slice().buffer,
  };
  return response as unknown as Response;
}
