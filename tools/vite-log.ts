type Next = (level: string, log: unknown) => void;

/**
 * Bundler messages but for one that is expected: @hpke/common asks for Node's crypto where there is no WebCrypto. Every browser
 * that we build for has that, so the module that is left out is never asked for.
 */
export function onLog(level: string, log: { readonly message?: string }, next: Next): void {
  const expected = /^Module "crypto" has been externalized/.test(log.message ?? '');
  if (!expected || !/@hpke.common/.test(log.message ?? '')) next(level, log);
}
