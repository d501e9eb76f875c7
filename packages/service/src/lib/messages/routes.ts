import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { Crypto, Signer } from '@munjigi/core/signing';
import {
  ApiError,
  type DeskWord,
  deskMessageOperations,
  type MessageAnswer,
  type MessageContent,
  type MessageWord,
  route,
} from '../../contracts/index.ts';
import type { DeskServer } from '../desk.ts';
import { type Heard, openMessage, signAnswer } from './envelope.ts';

/** What a desk does with each message that it takes; a kind without a handler is none for it. */
export type MessageHandlers = {
  readonly [W in MessageWord]?: (content: MessageContent<W>, from: DeskWord) => Promise<MessageAnswer<W>>;
};

export interface MessageDesk {
  readonly name: DeskWord;
  /** The body's line key: it signs the answers. */
  readonly signer: Signer;
  readonly crypto: Crypto;
  readonly keysOf: (body: DeskWord) => Promise<readonly Uint8Array[]>;
  /** Milliseconds of the machine's clock. */
  readonly realMs: () => number;
  readonly handlers: MessageHandlers;
  /** The code of an error that a handler threw; see `answerTo`. */
  readonly codeOf: (error: unknown) => string;
  /** Told of a message that was not heard: its code. */
  readonly alarm: (code: string) => void;
}

const OPERATION = {
  issuer: deskMessageOperations.messageIssuer,
  register: deskMessageOperations.messageRegister,
  authority: deskMessageOperations.messageAuthority,
} as const;

/** Adds the address at which a desk hears the other bodies. Who speaks stands in the message itself. */
export function mountMessages(server: DeskServer, desk: MessageDesk): void {
  server.route({
    ...route(OPERATION[desk.name]),
    async handler({ body }) {
      const bytes = fromBase64(body.message);
      const message = await heard(desk, bytes);
      const handler = desk.handlers[message.what] as
        | ((content: unknown, from: DeskWord) => Promise<never>)
        | undefined;
      if (!handler) throw new ApiError('desk.message');
      const answer: Heard<MessageWord> = await handler(message.content, message.from).then(
        (ok) => ({ ok }),
        // A refusal is signed too: nobody on the way can make one up.
        (error: unknown) => ({ error: desk.codeOf(error) }),
      );
      return { answer: toBase64url(await signAnswer(bytes, message, answer, desk.signer)) };
    },
  });
}

async function heard({ name, realMs, keysOf, crypto, alarm }: MessageDesk, bytes: Uint8Array) {
  try {
    return await openMessage(bytes, name, Math.floor(realMs() / 1000), keysOf, crypto);
  } catch (error) {
    if (error instanceof ApiError) alarm(error.code);
    throw error;
  }
}
