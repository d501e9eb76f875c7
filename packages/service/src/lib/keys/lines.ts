import { createHash } from 'node:crypto';
import { type KeyFolder, publicPoint } from '../../crypto/index.ts';
import { dayKeyId, namedDay } from './days.ts';

/** What a body says in public of its keys; `lineSigner` of core/log signs it. Hashes, days and counts, nothing else. */
export interface BodyLines {
  readonly body: string;
  sign(
    kind: 'key-destroyed' | 'recovery' | 'sunset',
    at: number,
    fields: Readonly<{ day: string; key?: Uint8Array; keys?: number; until?: string }>,
  ): Promise<Uint8Array>;
}

/** Where signed lines go: the public log. The same line again is the same place in it. */
export interface LineTaker {
  append(line: Uint8Array): Promise<unknown>;
}

/** What became of the lines that wait. */
export interface Sent {
  readonly sent: number;
  readonly waiting: number;
}

/**
 * Lines that a body has signed and the log has not taken yet, one file each beside its keys. A line is written here before
 * what it tells is done, and stays the same bytes however often the doing is interrupted: the log, which knows a line
 * again, holds it once.
 */
export class LineOutbox {
  constructor(
    private readonly folder: KeyFolder,
    private readonly lines: BodyLines,
  ) {}

  static async of(keys: KeyFolder, lines: BodyLines): Promise<LineOutbox> {
    return new LineOutbox(await keys.folder('lines'), lines);
  }

  /** Signs a line under a name, unless one of that name waits already. */
  async say(
    name: string,
    kind: Parameters<BodyLines['sign']>[0],
    at: number,
    fields: Parameters<BodyLines['sign']>[2],
  ): Promise<void> {
    if (await this.folder.find(name)) return;
    const line = await this.lines.sign(kind, at, fields);
    await this.folder.secret(name, () => line);
  }

  /** Takes a line back: what it told did not happen. */
  takeBack(name: string): Promise<void> {
    return this.folder.destroy(name);
  }

  /** Hands what waits to the log, oldest name first. A log that does not answer is asked again at the next time. */
  async send(log: LineTaker | null): Promise<Sent> {
    const names = await this.folder.names();
    let sent = 0;
    for (const name of log ? names : []) {
      const line = await this.folder.find(name);
      if (!line) continue;
      try {
        await log!.append(line);
      } catch {
        break;
      }
      await this.folder.destroy(name);
      sent += 1;
    }
    return { sent, waiting: names.length - sent };
  }
}

/**
 * What a line names a key by: SHA-256 of the public half for the authority's keys, of its name for symmetric ones, which
 * have no public half. Never of the key.
 */
export function keyHash(body: string, name: string, key: Uint8Array): Uint8Array {
  const named = namedDay(name);
  const isPair = named !== null && name === `day-${dayKeyId(named.day, named.spare)}`;
  const bytes = isPair ? publicPoint(key) : Buffer.from(`MJ1 key\0${body}\0${name}`, 'utf8');
  return new Uint8Array(createHash('sha256').update(bytes).digest());
}
