import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CborValue, decodeLenient, encodeDeterministic } from '@munjigi/core/encoding';
import { followsSchema } from '@munjigi/core/hcert';
import { describe, expect, it } from 'vitest';
import { suite } from './conformance/folder.ts';

const schema = suite('eu-dcc', 'schema');

function* files(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else if (entry.name.endsWith('.json')) yield path;
  }
}

/** The content as it comes out of a code. */
function certificate(path: string): ReadonlyMap<number | string, CborValue> {
  const content = JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as CborValue;
  return decodeLenient(encodeDeterministic(content), { maxBytes: 65_536, maxDepth: 16 }) as ReadonlyMap<
    number | string,
    CborValue
  >;
}

describe.skipIf(!schema.present)(`EU schema: ${schema.name}`, () => {
  const all = (folder: string) =>
    schema.present
      ? [...files(join(schema.path, folder))].map(
          (path) => [path.slice(schema.path.length + 1), path] as const,
        )
      : [];

  it('has its 13 valid, 6 invalid and 27 example certificates', () => {
    expect([all('test/valid').length, all('test/invalid').length, all('examples').length]).toEqual([
      13, 6, 27,
    ]);
  });
  it.each([...all('test/valid'), ...all('examples')])('takes %s', (_name, path) => {
    expect(followsSchema(certificate(path))).toBe(true);
  });
  it.each(all('test/invalid'))('refuses %s', (_name, path) => {
    expect(followsSchema(certificate(path))).toBe(false);
  });
});
