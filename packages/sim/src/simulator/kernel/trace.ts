import { createHash } from 'node:crypto';

/** Everything that happened, in order, as one hash: two runs that agree in it were the same run. */
export class Trace {
  readonly #hash = createHash('sha256');
  #waiting: string[] = [];
  lines = 0;
  readonly #tell: ((line: string) => void) | null;

  /** @param tell is handed every line as well, for reading */
  constructor(tell: ((line: string) => void) | null = null) {
    this.#tell = tell;
  }

  note(atMs: number, who: string, what: string): void {
    const line = `${Math.round(atMs * 1000) / 1000} ${who} ${what}`;
    this.#waiting.push(line);
    this.lines += 1;
    this.#tell?.(line);
    if (this.#waiting.length >= 1000) this.#flush();
  }

  digest(): string {
    this.#flush();
    return this.#hash.copy().digest('hex');
  }

  #flush(): void {
    if (this.#waiting.length > 0) this.#hash.update(`${this.#waiting.join('\n')}\n`);
    this.#waiting = [];
  }
}
