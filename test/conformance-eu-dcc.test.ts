import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { check } from '../packages/ops/src/check/command.ts';
import type { Result } from '../packages/ops/src/check/result.ts';
import { type Answers, type Sample, type Tally, tally } from './conformance/eu-dcc-flags.ts';
import { suite } from './conformance/folder.ts';

const data = suite('eu-dcc', 'testdata');
const PAGE = fileURLToPath(new URL('../docs/conformance-eu-dcc.md', import.meta.url));
const explained = JSON.parse(
  readFileSync(new URL('./conformance/eu-dcc-misses.json', import.meta.url), 'utf8'),
) as Record<string, string>;

function* jsonFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* jsonFiles(path);
    else if (entry.name.endsWith('.json')) yield path;
  }
}

function readSample(path: string): Sample {
  const file = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as Readonly<
    Record<string, unknown>
  >;
  const context = file.TESTCTX as Readonly<Record<string, string>>;
  const image = (file['2DCODE'] ?? file._2DCODE ?? null) as string | null;
  return {
    name: relative(data.path, path).replaceAll('\\', '/'),
    prefix: (file.PREFIX as string | undefined) ?? null,
    image: image === '' ? null : image,
    json: file.JSON,
    certificate: context.CERTIFICATE!.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, ''),
    clock: context.VALIDATIONCLOCK!,
    expected: file.EXPECTEDRESULTS as Record<string, boolean>,
  };
}

/** Everything through the line mode of `munjigi check`, in one process, as a script would call it. */
async function askAll(samples: readonly Sample[]): Promise<Map<string, Answers>> {
  const requests = samples.flatMap(({ name, prefix, image, certificate, clock }) => {
    const common = { at: clock, trust: [certificate] };
    return [
      ...(prefix === null ? [] : [{ ...common, id: `${name} text`, scan: prefix }]),
      ...(image === null ? [] : [{ ...common, id: `${name} picture`, image }]),
    ];
  });
  let output = '';
  const code = await check(['--ndjson', '--payload'], {
    stdin: Readable.from(requests.map((request) => `${JSON.stringify(request)}\n`)),
    out: (text) => {
      output += text;
    },
    err: (text) => {
      throw new Error(text);
    },
    nowSeconds: 0,
    environment: {},
  });
  expect(code).toBe(0);
  const results = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result);
  expect(results.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
  const byId = new Map(results.map((result) => [result.id, result]));
  return new Map(
    samples.map(({ name }) => [
      name,
      { text: byId.get(`${name} text`) ?? null, picture: byId.get(`${name} picture`) ?? null },
    ]),
  );
}

function page(samples: readonly Sample[], rows: readonly Tally[], withoutImage: readonly string[]): string {
  const line = ({ name, positives, positivesMet, negatives, negativesMet, untried }: Tally) =>
    `| ${name} | ${positivesMet} of ${positives} | ${negativesMet} of ${negatives} | ${untried.length} |`;
  const misses = rows.flatMap((row) => row.misses);
  return `# EU certificates: how the reader meets the public test data

Written by \`test/conformance-eu-dcc.test.ts\` from eu-digital-green-certificates/dgc-testdata (Apache-2.0): ${samples.length} files, every
\`PREFIX\` string and every 2D-code image through \`munjigi check --ndjson\`, each with its own certificate and its own clock.
Set \`MUNJIGI_WRITE_PAGES=1\` to write this page anew.

| flag | expected to hold, held | expected to fail, failed | named without input |
| --- | --- | --- | --- |
${rows.map(line).join('\n')}

"verify" is the step \`signature\`, which is \`ok\` only under a key whose id the certificate names. "content" compares the
decoded payload with the JSON that the file carries. A flag that a file does not carry is not tried; "named without input"
counts files that carry the flag and nothing to try it on.

No sample that one of these flags expects to fail is admitted.

## Misses, by name

${misses.length === 0 ? 'None.' : misses.map((miss) => `- \`${miss}\`: ${explained[miss] ?? 'not explained'}`).join('\n')}

## Files without a code image

${withoutImage.join(', ')}.
`;
}

describe.skipIf(!data.present)(`EU test data: ${data.name}`, () => {
  let samples: Sample[] = [];
  let answers = new Map<string, Answers>();
  let rows: Tally[] = [];

  beforeAll(async () => {
    samples = [...jsonFiles(data.path)].map(readSample);
    answers = await askAll(samples);
    rows = tally(samples, answers);
  });

  it('has every file, with its strings and its images', () => {
    expect(samples.length).toBe(144);
    expect(samples.filter(({ prefix }) => prefix !== null).length).toBe(144);
    expect(samples.filter(({ image }) => image !== null).length).toBe(108);
  });

  it('is met flag by flag, and every miss is explained by name', () => {
    const misses = rows.flatMap((row) => row.misses);
    expect(misses.sort()).toEqual(Object.keys(explained).sort());
    for (const { name, positives } of rows) expect(positives, name).toBeGreaterThan(0);
  });

  it('lets no sample in that must fail somewhere', () => {
    const SCHEMA_ONLY = new Set(['EXPECTEDPICTUREDECODE', 'EXPECTEDENCODE']);
    for (const { name, expected } of samples) {
      const mustFail = Object.entries(expected).some(
        ([flag, value]) => value === false && !SCHEMA_ONLY.has(flag),
      );
      if (!mustFail) continue;
      const { text, picture } = answers.get(name)!;
      expect([text?.verdict, picture?.verdict], name).not.toContain('admit');
    }
  });

  it('rejects the security negatives for the right reason', () => {
    const reasonOf = (name: string) => answers.get(`common/${name}.json`)!.text!.reason;
    const reasons = Object.fromEntries(
      [
        'H1',
        'H2',
        'H3',
        'B1',
        'Z1',
        'Z2',
        'CBO1',
        'CBO2',
        'CO5',
        'CO16',
        'CO17',
        'CO22',
        'CO23',
        'CO6',
        'CO11',
        'DGC1',
        'DGC2',
      ].map((name) => [name, reasonOf(name)]),
    );
    expect(reasons).toEqual({
      H1: 'not-a-pass',
      H2: 'not-a-pass',
      H3: 'not-a-pass',
      B1: 'decode',
      Z1: 'inflate',
      Z2: 'inflate',
      CBO1: 'structure',
      CBO2: 'structure',
      CO5: 'signature',
      CO16: 'not-yet',
      CO17: 'ended',
      CO22: 'issuer-unknown',
      CO23: 'issuer-unknown',
      CO6: 'key-usage',
      CO11: 'key-usage',
      DGC1: 'schema',
      DGC2: 'schema',
    });
  });

  it('stands in the page as it is', () => {
    const withoutImage = samples.filter(({ image }) => image === null).map(({ name }) => name);
    const text = page(samples, rows, withoutImage);
    if (process.env.MUNJIGI_WRITE_PAGES) writeFileSync(PAGE, text);
    expect(readFileSync(PAGE, 'utf8')).toBe(text);
  });
});
