import type { CodingOf } from './mapping.ts';

/** Any JSON object, before anything is known of it. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** True where a CodeableConcept (FHIR R4) carries one of the codings. */
export const hasCoding = (concept: unknown, wanted: readonly CodingOf[]): boolean =>
  isObject(concept) &&
  listOf(concept.coding).some(
    (one) => isObject(one) && wanted.some(({ system, code }) => one.system === system && one.code === code),
  );
