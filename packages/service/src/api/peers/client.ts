import { setTimeout as pause } from 'node:timers/promises';
import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import { isMunjigiError } from '@munjigi/core/errors';
import type { Crypto, Signer } from '@munjigi/core/signing';
import {
  API_ERRORS,
  ApiError,
  type ApiErrorCode,
  type DeskWord,
  LARGEST_ANSWER,
  type MessageAnswer,
  type MessageContent,
  type MessageWord,
} from '../../contracts/index.ts';
import { openAnswer, signMessage } from '../../lib/messages/index.ts';

const TRIES = 3;
const FIRST_PAUSE_MS = 200;
const TIMEOUT_MS = 20_000;

export interface PeerParts {
  /** The body that speaks, and its line key. */
  readonly from: DeskWord;
  readonly signer: Signer;
  readonly to: DeskWord;
  /** Where the other desk stands. */
  readonly address: string;
  readonly crypto: Crypto;
  readonly keysOf: (body: DeskWord) => Promise<readonly Uint8Array[]>;
  /** Milliseconds of the machine's clock. */
  readonly realMs: () => number;
  /** Told of an answer that did not verify, or of a desk that does not know this one. */
  readonly alarm: (code: string) => void;
}

/** Another body's desk on another machine. */
export class Peer {
  readonly #address: string;

  constructor(private readonly parts: PeerParts) {
    this.#address = `${parts.address.replace(/\/+$/, '')}/api/${parts.to}`;
  }

  /**
   * Says something and answers what the desk signed. What got lost on the way is said again, twice, a little later each time;
   * every message may be heard twice. Throws the error that the desk signed, or `case.desk-away`.
   */
  async ask<W extends MessageWord>(what: W, content: MessageContent<W>): Promise<MessageAnswer<W>> {
    let cause: unknown = null;
    for (let n = 0; n < TRIES; n++) {
      if (n > 0) await pause(FIRST_PAUSE_MS * 4 ** (n - 1));
      const heard = await this.#once(what, content).catch((error: unknown) => {
        cause = error;
        return null;
      });
      if (!heard) continue;
      if ('ok' in heard) return heard.ok;
      throw new ApiError(heard.error in API_ERRORS ? (heard.error as ApiErrorCode) : 'case.desk-away');
    }
    throw new ApiError('case.desk-away', { cause });
  }

  /** A public document of the desk; null where there is none. */
  async document(path: string, most = 4_000_000): Promise<Uint8Array | null> {
    const answer = await this.#fetch(path, {});
    if (answer.status === 404) return null;
    if (!answer.ok) throw new ApiError('case.desk-away');
    return read(answer, most);
  }

  async #once<W extends MessageWord>(what: W, content: MessageContent<W>) {
    const { from, to, signer, realMs, crypto, keysOf, alarm } = this.parts;
    const said = { from, to, what, content, at: Math.floor(realMs() / 1000) };
    const message = await signMessage(said, signer);
    const answer = await this.#fetch('/messages', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: toBase64url(message) }),
    });
    const text = new TextDecoder().decode(await read(answer, LARGEST_ANSWER * 1.4));
    try {
      const { answer: signed, error } = JSON.parse(text) as { answer?: unknown; error?: unknown };
      if (typeof signed !== 'string') {
        if (String(error).startsWith('desk.')) alarm(String(error));
        throw new ApiError('case.desk-away');
      }
      return await openAnswer(fromBase64(signed), message, said, keysOf, crypto);
    } catch (error) {
      if (isMunjigiError(error) || error instanceof SyntaxError) alarm('desk.message');
      else if (error instanceof ApiError && error.code.startsWith('desk.')) alarm(error.code);
      throw error;
    }
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    return fetch(`${this.#address}${path}`, {
      ...init,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  }
}

/** Reads an answer, and not more of it than it may have. */
async function read(answer: Response, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.length;
    if (size > most) throw new ApiError('desk.message');
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
