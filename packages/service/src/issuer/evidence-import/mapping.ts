import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MunjigiError } from '@munjigi/core/errors';
import type { Policy } from '@munjigi/core/rules';
import { type Static, Type } from 'typebox';
import Schema from 'typebox/schema';
import { exact } from '../../contracts/shapes.ts';

const Coding = Type.Object(
  { system: Type.String({ minLength: 1 }), code: Type.String({ minLength: 1 }) },
  exact,
);

const Rule = Type.Object(
  {
    resource: Type.Enum(['Immunization', 'Observation']),
    /** Any of these in `vaccineCode` or `code`. */
    codes: Type.Array(Coding, { minItems: 1 }),
    /** Observations only: any of these in `valueCodeableConcept`. */
    values: Type.Optional(Type.Array(Coding, { minItems: 1 })),
    kind: Type.String(),
    detail: Type.Optional(Type.String()),
    /** True where the number in a series must be told. */
    sequence: Type.Optional(Type.Boolean()),
  },
  exact,
);

const Mapping = Type.Object(
  {
    source: Type.String(),
    person: Type.Object(
      {
        /** Systems of `Patient.identifier`, the first one found counts; none: the patient's own id is the person. */
        systems: Type.Array(Type.String()),
      },
      exact,
    ),
    rules: Type.Array(Rule),
  },
  exact,
);

/** How codes of health records become evidence of a pack: `evidence.json` in the pack's folder. */
export type EvidenceMapping = Static<typeof Mapping>;
export type MappingRule = EvidenceMapping['rules'][number];
export type CodingOf = Static<typeof Coding>;

const wrong = (rule: string) => new MunjigiError('policy.structure', `Policy pack, evidence.json: ${rule}`);

/**
 * Reads the mapping of a pack's folder; null where the pack has none. Throws `policy.structure` naming what is not as it
 * must be.
 */
export function readMapping(packFolder: string, policy: Policy): EvidenceMapping | null {
  const file = join(packFolder, 'evidence.json');
  if (!existsSync(file)) return null;
  let mapping: unknown;
  try {
    mapping = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new MunjigiError('policy.structure', 'Policy pack, evidence.json: is not JSON.', { cause });
  }
  return checkMapping(mapping, policy);
}

/** The same from a value. Throws `policy.structure`. */
export function checkMapping(value: unknown, policy: Policy): EvidenceMapping {
  const [valid, errors] = Schema.Errors(Mapping, value);
  if (!valid) throw wrong(`${errors[0]?.instancePath || 'the whole'} ${errors[0]?.message ?? 'is wrong'}.`);
  const mapping = value as EvidenceMapping;
  mapping.rules.forEach(({ kind, detail, resource, values }, i) => {
    const known = Object.hasOwn(policy.pack.evidence, kind) ? policy.pack.evidence[kind] : undefined;
    if (!known) throw wrong(`rules[${i}].kind is no evidence of the pack.`);
    if (detail !== undefined && !known.details?.includes(detail))
      throw wrong(`rules[${i}].detail is none of that kind.`);
    if (values && resource !== 'Observation') throw wrong(`rules[${i}].values belongs to observations only.`);
  });
  return mapping;
}
