import { Type } from 'typebox';

/** The small shapes that several operations share. Bytes travel as unpadded base64url. */

const charactersOf = (bytes: number): number => Math.ceil((bytes * 4) / 3);

/** Base64url of `min` to `max` bytes. */
export const Bytes = (min: number, max: number, description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9_-]*$',
    minLength: charactersOf(min),
    maxLength: charactersOf(max),
    description: `${description} (base64url)`,
  });

export const CompressedKey = Bytes(33, 33, 'Compressed P-256 point, 33 bytes');
export const Signature = Bytes(64, 64, 'ES256 signature, r and s of 32 bytes each');
export const Hash = Bytes(32, 32, 'SHA-256, 32 bytes');
export const Secret = Type.String({ pattern: '^[A-Za-z0-9_-]+$', minLength: 16, maxLength: 64 });
export const Seconds = Type.Integer({
  minimum: 0,
  maximum: 253402300799,
  description: 'Whole seconds since 1970',
});
export const Milliseconds = Type.Integer({
  minimum: 0,
  maximum: 253402300799999,
  description: 'Milliseconds since 1970',
});
export const LocalDate = Type.String({
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  description: "Date in the pack's time zone",
});
export const VenueId = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Word = Type.String({ pattern: '^[a-z0-9][a-z0-9-]*$', minLength: 1, maxLength: 64 });
export const Name = Type.String({ minLength: 1, maxLength: 120 });
export const Parameters = Type.Record(
  Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,31}$' }),
  Type.Union([
    Type.String({ maxLength: 80 }),
    Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  ]),
  { maxProperties: 8 },
);

/** An object with exactly these fields. */
export const exact = { additionalProperties: false } as const;

export const ErrorBody = Type.Object(
  {
    error: Type.String({ description: 'Stable code: area.rule' }),
    message: Type.String({ description: 'The rule that was broken and what to do' }),
  },
  { ...exact, $id: 'Error' },
);
