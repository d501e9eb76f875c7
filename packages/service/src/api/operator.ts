import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares a bearer token with the operator's in constant time: both are hashed first, so that lengths tell nothing. */
export function operatorCheck(token: string): (authorization: string | undefined) => boolean {
  const wanted = digest(token);
  return (authorization) => {
    const given = /^Bearer ([\w.~+/=-]{1,256})$/.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(digest(given), wanted);
  };
}
