import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a plain module without types
import { checkLayers } from '../tools/check-layers.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && existsSync(join(ROOT, file)));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const isSource = (file: string) => /^packages\/.*\/src\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file);
/** Code without its comments, so that a comment may name what the code must not use. */
const code = (file: string) =>
  read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1');

describe('core stays pure', () => {
  const banned: [RegExp, string][] = [
    [/\bDate\.now\(|new Date\(\s*\)|performance\.now/, 'pass the time as an argument'],
    [/\bMath\.random\(|getRandomValues|randomBytes|randomUUID/, 'pass the randomness as an argument'],
    [/\bconsole\./, 'return what happened; the edge logs it'],
    [/\b(localStorage|sessionStorage|indexedDB)\b/, 'pass the storage as an argument'],
    [
      /\bfetch\(|XMLHttpRequest|\bprocess\.|globalThis\.|\bwindow\.|setTimeout\(|setInterval\(/,
      'core has no platform',
    ],
  ];
  const files = tracked.filter((file) => file.startsWith('packages/core/src/') && isSource(file));

  it('reads enough of core to mean anything', () => expect(files.length).toBeGreaterThan(20));

  it.each(banned)('has no %s', (pattern, instead) => {
    const wrong = files.filter((file) => pattern.test(code(file)));
    expect(wrong, instead).toEqual([]);
  });
});

describe('the walls', () => {
  it('stand, and the check that says so has read the modules', async () => {
    const { modulesRead, arrowsRead, violations } = await checkLayers(ROOT);
    expect(
      violations.map(
        (v: { rule: { name: string }; from: string; to: string }) => `${v.rule.name}: ${v.from} -> ${v.to}`,
      ),
    ).toEqual([]);
    expect(modulesRead).toBeGreaterThan(100);
    expect(arrowsRead).toBeGreaterThan(200);
  }, 120_000);

  it('are noticed when an import crosses them', async () => {
    const { violations } = await checkLayers(join(ROOT, 'test/fixtures/layers'));
    const names = violations.map((v: { rule: { name: string } }) => v.rule.name);
    expect(names).toContain('core-imports-nothing-of-ours');
    expect(names).toContain('register-desk-alone');
    expect(names).toContain('gate-cannot-open-or-issue');
  }, 120_000);
});

describe('a policy is data', () => {
  // Words of one pack never stand in code. Evidence importers and foreign formats speak of medicine by their nature,
  // and the visitor's own catalogue is not code.
  const exempt = /^packages\/(core\/src\/(hcert|formats)\/|service\/src\/issuer\/evidence)/;
  const list = JSON.parse(read('policies/kr-2022/words.json')) as { words: string[] };
  const literally = (word: string) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

  it.each(list.words)('no source says "%s"', (word) => {
    const pattern = /^[\w-]+$/.test(word)
      ? new RegExp(`(?<![\\w-])${literally(word)}(?![\\w-])`, 'i')
      : new RegExp(literally(word));
    expect(
      tracked.filter((file) => isSource(file) && !exempt.test(file) && pattern.test(code(file))),
    ).toEqual([]);
  });
});

describe('the lockfile works elsewhere', () => {
  const lock = JSON.parse(read('package-lock.json')) as {
    packages: Record<
      string,
      { optionalDependencies?: Record<string, string>; resolved?: string; engines?: { node?: string } }
    >;
  };

  it('has every platform of every tool that is split by platform', () => {
    const split = Object.entries(lock.packages).flatMap(([name, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((dependency) => /(darwin|linux|win32|windows)/.test(dependency))
        .map((dependency) => ({ name, dependency })),
    );
    expect(split.length).toBeGreaterThan(20);
    const missing = split.filter(
      ({ name, dependency }) =>
        !(`node_modules/${dependency}` in lock.packages) &&
        !(`${name}/node_modules/${dependency}` in lock.packages),
    );
    expect(missing).toEqual([]);
    for (const platform of ['darwin', 'linux', 'win32']) {
      expect(
        Object.keys(lock.packages).some((name) => name.includes('@biomejs/cli-') && name.includes(platform)),
        platform,
      ).toBe(true);
    }
  });

  it('records no download address', () => {
    const addresses = Object.values(lock.packages).filter((entry) => /^https?:/.test(entry.resolved ?? ''));
    expect(addresses).toEqual([]);
  });

  it('asks for no newer Node than 20.19', () => {
    const newer = Object.entries(lock.packages).filter(([, entry]) =>
      /^\s*(>=|\^)?\s*2[1-9](\.\d+)*\s*$/.test(entry.engines?.node ?? ''),
    );
    expect(newer.map(([name]) => name)).toEqual([]);
  });
});

describe('the tree', () => {
  const text = tracked.filter(
    (file) =>
      /\.(ts|tsx|mjs|md|json|css|html|sql|cddl|yml)$|^\.ci\/run$/.test(file) && file !== 'test/tidy.test.ts',
  );

  it('carries no path of one machine', () => {
    const pattern = /(\/home\/|\/root\/|\/work\/|\/Users\/|[A-Z]:\\\\Users)/;
    expect(text.filter((file) => pattern.test(read(file)))).toEqual([]);
  });

  it('leaves no marker of unfinished work', () => {
    const pattern = /\b(FIXME|XXX|HACK)\b|\b(it|test|describe)(\.\w+)*\.(only|skip)\(/;
    expect(
      tracked.filter(
        (file) => /\.(tsx?|mjs)$/.test(file) && file !== 'test/tidy.test.ts' && pattern.test(read(file)),
      ),
    ).toEqual([]);
  });

  it('has the one form and no lint', () => {
    const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const { status, stdout, stderr } = spawnSync(process.execPath, [biome, 'ci', '.'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(status, `${stdout}${stderr}`).toBe(0);
  });

  it('keeps files short, or says at their head why not', () => {
    const long = tracked.filter(
      (file) =>
        /\.tsx?$/.test(file) &&
        read(file).split('\n').length > 350 &&
        !/@long /.test(read(file).slice(0, 400)),
    );
    expect(long).toEqual([]);
  });

  it('has no dead link in its documents', () => {
    const dead = tracked
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        [...read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)]
          .map((match) => match[1]!)
          .filter((target) => !existsSync(join(ROOT, dirname(file), decodeURIComponent(target))))
          .map((target) => `${file}: ${target}`),
      );
    expect(dead).toEqual([]);
  });

  it('argues every dependency', () => {
    const argued = read('docs/decisions/0002-dependencies.md');
    const packages = tracked
      .filter((file) => /^(packages\/[^/]+\/)?package\.json$/.test(file))
      .map((file) => JSON.parse(read(file)));
    const names = new Set<string>(
      packages.flatMap((p) => Object.keys({ ...p.dependencies, ...p.devDependencies })),
    );
    expect(
      [...names].filter((name) => !name.startsWith('@munjigi/') && !argued.includes(`\`${name}\``)),
    ).toEqual([]);
  });
});
