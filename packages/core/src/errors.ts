/**
 * Every error that the core throws on purpose. A verdict is a value, never an error; an error is bad input or a bug.
 * Messages state the rule that was broken and what to do. They never carry a person's data, a token or the bytes read.
 */

/** Stable codes: `area.rule`. Scripts and screens may rely on them. */
export const ERROR_CODES = [
  'encoding.base45',
  'encoding.base64url',
  'encoding.hex',
  'encoding.cbor',
  'encoding.cbor-not-deterministic',
  'encoding.too-long',
  'encoding.inflate',
  'signing.structure',
  'signing.unknown-key',
  'signing.signature',
  'pass.structure',
  'pass.claims',
  'pass.key',
  'hcert.structure',
  'hcert.schema',
  'trust.structure',
  'trust.root',
  'trust.signature',
  'trust.rollback',
  'trust.fast-forward',
  'trust.shrunk',
  'trust.equivocation',
  'trust.expired',
  'trust.self-test',
  'policy.structure',
  'policy.unknown',
  'sealed.open',
  'sealed.key',
  'sealed.too-long',
  'chain.structure',
  'chain.link',
  'chain.signature',
  'case.structure',
  'log.structure',
  'log.line',
  'log.receipt',
  'log.cosignatures',
  'delegation.structure',
  'statement.structure',
  'statement.signature',
  'statement.receipt',
  'trouble.structure',
  'incident.structure',
  'poster.structure',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error with a stable code. `message` is a sentence for an operator. */
export class MunjigiError extends Error {
  override readonly name = 'MunjigiError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** True for an error of ours, with the given code when one is named. */
export function isMunjigiError(error: unknown, code?: ErrorCode): error is MunjigiError {
  return error instanceof MunjigiError && (code === undefined || error.code === code);
}
