import { type Static, Type } from 'typebox';
import { exact } from './shapes.ts';

/** The lines of `munjigi check --ndjson`. Scripts rely on these names and values: they are widened, never changed. */

const FORMATS = ['entry-pass', 'hcert', 'shc', 'nzcp', 'ddcc', 'vds-nc', 'vc-jwt'] as const;

const Instant = Type.String({ description: 'ISO 8601; without a zone UTC' });
const StepState = Type.Enum(['ok', 'failed', 'unknown', 'not-reached']);
const OrNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const Trust = Type.Array(Type.Union([Type.String(), Type.Record(Type.String(), Type.Unknown())]), {
  description: 'base64 of DER certificates or SubjectPublicKeyInfo, or JWK objects; for this line alone',
});
const Rest = {
  id: Type.Optional(Type.Unknown({ description: 'comes back as it is' })),
  at: Type.Optional(OrNull(Instant)),
  trust: Type.Optional(OrNull(Trust)),
  issuer: Type.Optional(Type.String({ description: 'the issuer that a bare key in "trust" speaks for' })),
};

export const CheckRequest = Type.Union([
  Type.Object({ ...Rest, scan: Type.String() }),
  Type.Object({ ...Rest, image: Type.String({ description: 'base64 of a PNG or JPEG' }) }),
]);

export const CheckResult = Type.Object(
  {
    id: Type.Unknown(),
    format: OrNull(Type.Enum([...FORMATS])),
    verdict: Type.Enum(['admit', 'refuse', 'cannot-tell']),
    reason: Type.String({ description: 'a code of the reason table' }),
    steps: Type.Object(
      {
        picture: StepState,
        prefix: StepState,
        decode: StepState,
        inflate: StepState,
        structure: StepState,
        schema: StepState,
        issuer: StepState,
        signature: StepState,
        keyUsage: StepState,
        validity: StepState,
        revocation: StepState,
      },
      exact,
    ),
    keyId: OrNull(Type.String()),
    algorithm: OrNull(Type.String()),
    notBefore: OrNull(Instant),
    notAfter: OrNull(Instant),
    scan: Type.Optional(Type.String({ description: 'only with --payload' })),
    payload: Type.Optional(Type.Unknown({ description: 'only with --payload' })),
    evidence: Type.Record(Type.String(), Type.Unknown()),
  },
  exact,
);
export type CheckResult = Static<typeof CheckResult>;

/** A line that could not be answered. */
export const CheckLineError = Type.Object({ id: Type.Unknown(), error: Type.String() }, exact);

/** The documents of the command line that are published beside the HTTP contracts: file name to title and schema. */
export const commandDocuments = {
  'check/request.json': { title: 'A line that munjigi check --ndjson reads', schema: CheckRequest },
  'check/result.json': { title: 'What munjigi check says of one code', schema: CheckResult },
  'check/error.json': { title: 'A line that could not be answered', schema: CheckLineError },
} as const;
