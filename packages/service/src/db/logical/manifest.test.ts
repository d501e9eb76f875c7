import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { BackupRefused, MANIFEST, readManifest } from './manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'munjigi-manifest-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const good = {
  format: 1,
  desk: 'register',
  takenAtMs: 1,
  engine: 'pglite',
  migrations: ['001-venues-and-gates'],
  tables: [{ name: 'venue', columns: ['venue_id'], rows: 1, sha256: '00' }],
  sequences: [{ table: 'venue', column: 'venue_id', last: 1 }],
};
const read = async (text: string) => {
  writeFileSync(join(folder, MANIFEST), text);
  return readManifest(folder);
};

describe('the manifest of a backup', () => {
  it('is read, or refused in a sentence, whatever stands in the file', async () => {
    expect(await read(JSON.stringify(good))).toEqual(good);
    const places = fc.constantFrom('format', 'desk', 'takenAtMs', 'migrations', 'tables', 'sequences');
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.constant('null')), async (text) => {
        await expect(read(text)).rejects.toBeInstanceOf(BackupRefused);
      }),
    );
    await fc.assert(
      fc.asyncProperty(places, fc.jsonValue(), async (place, value) => {
        const manifest = await read(JSON.stringify({ ...good, [place]: value })).catch(
          (error: unknown) => error,
        );
        if (manifest instanceof BackupRefused) return;
        expect(manifest).toMatchObject({ format: 1, desk: expect.any(String) });
      }),
    );
  });

  it('may be null where a table should be', async () => {
    for (const place of ['tables', 'sequences'])
      await expect(read(JSON.stringify({ ...good, [place]: [null] }))).rejects.toBeInstanceOf(BackupRefused);
  });

  it('names nothing that could be more than a name in a statement', async () => {
    for (const name of [
      'venue"; DROP TABLE gate; --',
      'Venue',
      '',
      'a b',
      'x'.repeat(64),
      'venue.gate',
      7,
      null,
    ])
      for (const change of [
        { tables: [{ ...good.tables[0], name }] },
        { tables: [{ ...good.tables[0], columns: [name] }] },
        { sequences: [{ ...good.sequences[0], table: name }] },
        { sequences: [{ ...good.sequences[0], column: name }] },
      ])
        await expect(read(JSON.stringify({ ...good, ...change }))).rejects.toBeInstanceOf(BackupRefused);
  });
});
