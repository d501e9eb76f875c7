import type { Result } from '../../packages/ops/src/check/result.ts';

/** One file of the suite, as far as it is used. */
export interface Sample {
  readonly name: string;
  readonly prefix: string | null;
  readonly image: string | null;
  readonly json: unknown;
  readonly certificate: string;
  readonly clock: string;
  readonly expected: Readonly<Record<string, boolean>>;
}

/** What was answered for a sample: for its text and for its picture. */
export interface Answers {
  readonly text: Result | null;
  readonly picture: Result | null;
}

interface Row {
  readonly name: string;
  readonly flags: readonly string[];
  /** Null where the sample brings nothing that the flag could be tried on. */
  judge(answers: Answers, sample: Sample): boolean | null;
}

const step = (name: keyof Result['steps']) => (answers: Answers) =>
  answers.text === null ? null : answers.text.steps[name] === 'ok';

/** How the flags of the suite read in the steps of `munjigi check`. Some files spell one flag in another way. */
export const ROWS: readonly Row[] = [
  { name: 'prefix', flags: ['EXPECTEDUNPREFIX'], judge: step('prefix') },
  { name: 'decode', flags: ['EXPECTEDB45DECODE'], judge: step('decode') },
  { name: 'compression', flags: ['EXPECTEDCOMPRESSION'], judge: step('inflate') },
  { name: 'structure', flags: ['EXPECTEDDECODE'], judge: step('structure') },
  { name: 'schema', flags: ['EXPECTEDSCHEMAVALIDATION'], judge: step('schema') },
  { name: 'verify', flags: ['EXPECTEDVERIFY'], judge: step('signature') },
  { name: 'key usage', flags: ['EXPECTEDKEYUSAGE'], judge: step('keyUsage') },
  { name: 'expiry', flags: ['EXPECTEDEXPIRATIONCHECK', 'EXPTECTEDEXPIRED'], judge: step('validity') },
  {
    name: 'picture',
    flags: ['EXPECTEDPICTUREDECODE'],
    judge: ({ picture }, { prefix }) =>
      picture === null ? null : picture.steps.picture === 'ok' && picture.scan === prefix,
  },
  {
    name: 'content',
    flags: ['EXPECTEDVALIDJSON'],
    judge: ({ text }, { json }) => (text === null || json == null ? null : sameContent(text.payload, json)),
  },
];

/** Equal content: numbers by value, and what one of them does not write at all as good as null. */
export function sameContent(a: unknown, b: unknown): boolean {
  if (a == null && b == null) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameContent(item, b[i]));
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
      sameContent(left[key], right[key]),
    );
  }
  return a === b;
}

export interface Tally {
  readonly name: string;
  positives: number;
  positivesMet: number;
  negatives: number;
  negativesMet: number;
  untried: string[];
  misses: string[];
}

/** Counts every flag of every sample. */
export function tally(samples: readonly Sample[], answers: ReadonlyMap<string, Answers>): Tally[] {
  return ROWS.map(({ name, flags, judge }) => {
    const row: Tally = {
      name,
      positives: 0,
      positivesMet: 0,
      negatives: 0,
      negativesMet: 0,
      untried: [],
      misses: [],
    };
    for (const sample of samples) {
      const expected = flags.map((flag) => sample.expected[flag]).find((value) => value !== undefined);
      if (expected === undefined) continue;
      const found = judge(answers.get(sample.name)!, sample);
      if (found === null) {
        row.untried.push(sample.name);
        continue;
      }
      if (expected) row.positives += 1;
      else row.negatives += 1;
      if (found === expected) row[expected ? 'positivesMet' : 'negativesMet'] += 1;
      else row.misses.push(`${sample.name} ${name}`);
    }
    return row;
  });
}
