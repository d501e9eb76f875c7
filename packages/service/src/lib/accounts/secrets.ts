import { createHash } from 'node:crypto';
import { random } from '../../crypto/index.ts';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** A random name of something, 16 bytes as base64url: not secret. */
export const makeId = (): string => base64url(random(16));

/** The token of a session: 32 random bytes as base64url. */
export const makeToken = (): string => base64url(random(32));

/** The one-time code of an invite: 16 random bytes as base64url, too many to guess. */
export const makeCode = (): string => base64url(random(16));

/** What is kept of a token or a code. They are random, so one hash is enough. */
export const hashOf = (secret: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(secret).digest());
