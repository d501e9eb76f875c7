import { fromBase64, toBase64url } from '@munjigi/core/encoding';
import type { AppendedLine, PublicLog } from '@munjigi/core/log';
import { API_ERRORS, ApiError, type ApiErrorCode } from '../contracts/index.ts';
import type { CosignAnswer, CosignRequest } from '../lib/cosigning/index.ts';

const TIMEOUT_MS = 10_000;

/** One JSON question to a desk on another machine. Throws the error it answered with, or `log.away`. */
async function ask<T>(address: string, body: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (cause) {
    throw new ApiError('log.away', { cause });
  }
  const content = (await answer.json().catch(() => null)) as (T & { error?: string }) | null;
  if (answer.ok && content !== null) return content;
  const code = content?.error ?? '';
  throw new ApiError(code in API_ERRORS ? (code as ApiErrorCode) : 'log.away');
}

const at = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`;

/** The public log of an authority on another machine. */
export function httpLog(base: string): PublicLog {
  return {
    async append(line): Promise<AppendedLine> {
      type Answer = { index: number; receipt: string; line: string };
      const answer = await ask<Answer>(at(base, '/api/authority/log/lines'), { line: toBase64url(line) });
      return { index: answer.index, receipt: fromBase64(answer.receipt), line: fromBase64(answer.line) };
    },
  };
}

/** A body on another machine that signs heads. What it answers is verified by the log before it is kept. */
export const httpCosigner = (body: 'register' | 'issuer', base: string) => ({
  body,
  async cosign({ head, from, path }: CosignRequest): Promise<CosignAnswer> {
    type Answer = { size: number; cosignature: string | null };
    const { size, cosignature } = await ask<Answer>(at(base, `/api/${body}/log/cosign`), {
      head: toBase64url(head),
      from,
      path: path.map(toBase64url),
    });
    return { size, cosignature: cosignature === null ? null : fromBase64(cosignature) };
  },
});
