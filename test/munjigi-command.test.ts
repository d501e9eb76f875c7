import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const isBuilt = existsSync(at('packages/ops/dist/.munjigi-build'));
const vectors = JSON.parse(readFileSync(at('vectors/hcert.json'), 'utf8')) as {
  readonly clock: string;
  readonly certificates: Readonly<Record<string, string>>;
  readonly cases: readonly { readonly text: string; readonly certificate: string; readonly reason: string }[];
};

/** The command as a script calls it, from a folder that is not ours. */
function munjigi(
  args: readonly string[],
  stdin = '',
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [at('packages/ops/bin/munjigi.mjs'), ...args], {
      cwd: tmpdir(),
      stdio: 'pipe',
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString();
    });
    child.on('error', fail).on('close', (code) => done({ code, out, err }));
    child.stdin.end(stdin);
  });
}

// The command builds the tree again where a source is newer than the build: that may take its time.
const PATIENCE = { timeout: 300_000 };

describe.skipIf(!isBuilt)(
  `the munjigi command${isBuilt ? '' : ' (not built: run npm run build)'}`,
  PATIENCE,
  () => {
    it('answers a thousand lines in order, and nothing else stands on its standard output', async () => {
      const asked = Array.from({ length: 1000 }, (_, id) => ({
        id,
        ...vectors.cases[id % vectors.cases.length]!,
      }));
      const stdin = asked
        .map(({ id, text, certificate }) =>
          JSON.stringify({ id, scan: text, at: vectors.clock, trust: [vectors.certificates[certificate]] }),
        )
        .join('\n');
      const { code, out } = await munjigi(['check', '--ndjson'], stdin);
      const answers = out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: number; reason: string });
      expect(answers.map(({ id, reason }) => ({ id, reason }))).toEqual(
        asked.map(({ id, reason }) => ({ id, reason })),
      );
      expect(code).toBe(0);
    });

    it('ends with 1 for a code it does not admit and with 2 for a command it does not have', async () => {
      expect((await munjigi(['check', '--json', '-'], 'https://example.org')).code).toBe(1);
      const wrong = await munjigi(['chekc']);
      expect([wrong.code, wrong.out]).toEqual([2, '']);
      expect(wrong.err).toContain('check');
      expect((await munjigi(['--help'])).code).toBe(0);
    });
  },
);
