import type { Role } from '../contracts/index.ts';

/** Who a request comes from, as the frame found it: an account by its session, or the operator of the machine by the token. */
export interface Who {
  /** Null for the operator token, which belongs to nobody in particular. */
  readonly accountId: string | null;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Venues that an owner or a member of staff may act for; empty for everybody else. */
  readonly venueIds: readonly number[];
}

/** The operator of the machine. */
export const OPERATOR: Who = { accountId: null, name: 'operator', roles: ['operator'], venueIds: [] };

declare module 'fastify' {
  interface FastifyRequest {
    /** Read once by the frame, before the handler; null where nobody is signed in. */
    who: Who | null;
  }
}
