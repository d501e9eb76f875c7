import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';

export type { Who } from './who.ts';

/** The server as a desk sees it: routes take their types from the contracts. */
export type DeskServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export type DeskName = 'issuer' | 'register' | 'authority';

/**
 * One desk, open: its own database and key store are inside, and nothing of another desk is. What a desk hands to others
 * are public documents, passed on by the composition in api/.
 */
export interface Desk {
  readonly name: DeskName;
  /** Adds the desk's routes: `server.route({ ...route(registerOperations.sendBatch), handler })`. */
  mount(server: DeskServer): void | Promise<void>;
  /** Ends the desk's timers and writers. The database is closed by whoever opened it. */
  close(): Promise<void>;
}
