import { equalBytes, fromBase64, toBase64url } from '@munjigi/core/encoding';
import { lintPass, possessionBytes, readPassClaims } from '@munjigi/core/entry-pass';
import { isMunjigiError, MunjigiError } from '@munjigi/core/errors';
import { compressPoint } from '@munjigi/core/signing';
import type { PassGrid } from '@munjigi/core/trust';
import { type DeviceKey, deviceSigner, makeDeviceKey } from '../storage/device-key.ts';
import type { HeldPass, IssuedBatch, PreparedBatch } from './types.ts';

/** Makes fresh holder keys and proves possession of each over the issuer's nonce (base64url). */
export async function prepareBatch(count: number, nonce: string): Promise<PreparedBatch> {
  const bytes = fromBase64(nonce);
  const keys: DeviceKey[] = [];
  const request: { key: string; proof: string }[] = [];
  for (let i = 0; i < count; i++) {
    const key = await makeDeviceKey();
    const point = compressPoint(key.publicKey);
    const proof = await deviceSigner(key).sign(possessionBytes(bytes, point));
    keys.push(key);
    request.push({ key: toBase64url(point), proof: toBase64url(proof) });
  }
  return { keys, request };
}

/**
 * The passes of an answer, each beside its key. The whole batch is refused where a single pass has a field off its public
 * grid, is no live pass of one of the keys, or is missing: an issuer could mark people by any of it.
 * Throws `pass.claims`, `pass.key`.
 */
export function readBatch(
  prepared: PreparedBatch,
  answer: IssuedBatch,
  grid: PassGrid | null,
): Omit<HeldPass, 'id'>[] {
  if (answer.passes.length !== prepared.keys.length)
    throw new MunjigiError('pass.key', 'The issuer answers with one pass for each key.');
  const left = new Set(prepared.keys);
  return answer.passes.map(({ pass: text, notice }) => {
    const pass = fromBase64(text);
    const [finding] = lintPass(pass, grid);
    if (finding)
      throw new MunjigiError(
        'pass.claims',
        `The batch is refused, a pass in it is marked: ${finding.message}`,
      );
    const { form: _, holderKey, ...claims } = readPassClaims(pass);
    const key = [...left].find(
      (one) => holderKey !== null && equalBytes(compressPoint(one.publicKey), holderKey),
    );
    if (!key)
      throw new MunjigiError(
        'pass.key',
        'The batch is refused, a pass in it belongs to none of the keys sent.',
      );
    left.delete(key);
    return { pass, key, notice: fromBase64(notice), shownAt: null, ...claims };
  });
}

/** True where an answer of the issuer was refused by the phone. */
export const isRefusedBatch = (error: unknown): boolean =>
  isMunjigiError(error, 'pass.claims') || isMunjigiError(error, 'pass.key');
