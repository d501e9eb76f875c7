import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { operations } from '../packages/service/src/contracts/index.ts';
import { contractFiles } from '../packages/service/src/contracts/publish.ts';

const FOLDER = fileURLToPath(new URL('../contracts/', import.meta.url));

describe('the committed contracts', () => {
  it('are what the service checks requests by: run node tools/contracts.mjs after a change', async () => {
    const made = await contractFiles();
    const committed = readdirSync(FOLDER, { recursive: true })
      .map((name) => String(name).replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.json'));
    expect(committed.sort()).toEqual([...made.keys()].sort());
    for (const [name, content] of made) {
      expect(readFileSync(join(FOLDER, name), 'utf8').replaceAll('\r\n', '\n'), name).toBe(content);
    }
  });

  it('take exactly the fields they name: no object of a request is open', () => {
    const open: string[] = [];
    const look = (schema: unknown, place: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { type, additionalProperties, patternProperties } = schema as Record<string, unknown>;
      if (type === 'object' && additionalProperties !== false && !patternProperties) open.push(place);
      for (const [name, inner] of Object.entries(schema)) look(inner, `${place}/${name}`);
    };
    for (const [name, operation] of Object.entries(operations)) {
      const { params, querystring, body } = operation as {
        params?: unknown;
        querystring?: unknown;
        body?: unknown;
      };
      look({ params, querystring, body }, name);
    }
    expect(open).toEqual([]);
    expect(Object.keys(operations).length).toBeGreaterThan(18);
  });
});
