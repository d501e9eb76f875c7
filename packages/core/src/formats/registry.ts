import { entryPass } from '../entry-pass/format.ts';
import type { FormatName } from '../gate/types.ts';
import { hcert } from '../hcert/format.ts';
import type { PassFormat } from './types.ts';

/** Every format of pass that is read here: a new one is a folder with its verbs and a line in this table. */
export const FORMATS: readonly PassFormat<unknown>[] = [
  entryPass as PassFormat<unknown>,
  hcert as PassFormat<unknown>,
];

/** The format whose prefix the text has; null for anything else: a web address, a payment code, a word. */
export const formatOf = (scan: string): PassFormat<unknown> | null =>
  FORMATS.find(({ prefix }) => scan.startsWith(prefix)) ?? null;

/** Names of the formats that are read here, in the order of the table. */
export const formatNames = (): FormatName[] => FORMATS.map(({ name }) => name);
