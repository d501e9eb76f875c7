import { ApiError } from '../../contracts/index.ts';

/** True for what asking again later may mend: the other desk, the log or a database does not answer now. */
export const isAway = (error: unknown): boolean => error instanceof ApiError && error.status === 503;
