import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** Licences under which something may be part of an Apache-2.0 product. */
const SHIPPED = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'OFL-1.1',
];
/** What only builds and tests use, and is handed on to nobody, may also be: */
const AT_WORK = [...SHIPPED, 'MPL-2.0', 'CC-BY-4.0'];

interface Entry {
  readonly license?: unknown;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly version?: string;
}
const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Entry>;
};
const dependencies = Object.entries(lock.packages).filter(
  ([name, { link }]) => name.includes('node_modules/') && !link,
);

/** True where one of the licences that an expression offers is allowed (SPDX: only OR, which is all that is used). */
function isAllowed(license: unknown, allowed: readonly string[]): boolean {
  if (typeof license !== 'string' || license === '') return false;
  return license
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((one) => allowed.includes(one));
}

describe('the licence of every dependency', () => {
  it('is one that suits the product, and stands in the lockfile', () => {
    expect(dependencies.length).toBeGreaterThan(400);
    const wrong = dependencies
      .filter(([, { license, dev }]) => !isAllowed(license, dev ? AT_WORK : SHIPPED))
      .map(([name, { license }]) => `${name}: ${String(license)}`);
    expect(wrong).toEqual([]);
  });

  it('is what the package itself says where it is installed, with a text of it', () => {
    const shipped = dependencies.filter(
      ([name, { dev }]) => !dev && existsSync(join(ROOT, name, 'package.json')),
    );
    expect(shipped.length).toBeGreaterThan(80);
    const wrong = shipped.flatMap(([name, entry]) => {
      const own = JSON.parse(readFileSync(join(ROOT, name, 'package.json'), 'utf8')) as Entry;
      if (own.version !== entry.version)
        return [`${name}: ${own.version} is installed, not ${entry.version}`];
      return isAllowed(own.license, SHIPPED) ? [] : [`${name}: ${String(own.license)}`];
    });
    expect(wrong).toEqual([]);
    const textless = shipped.filter(
      ([name]) => !readdirSync(join(ROOT, name)).some((file) => /^(licen[cs]e|copying|readme)/i.test(file)),
    );
    expect(textless.map(([name]) => name)).toEqual([]);
  });

  it('would be noticed if it were another', () => {
    for (const license of [
      'GPL-3.0-only',
      'AGPL-3.0',
      'UNLICENSED',
      'SEE LICENSE IN x',
      '',
      undefined,
      'MIT AND GPL-2.0',
      'BUSL-1.1',
    ])
      expect(isAllowed(license, AT_WORK), String(license)).toBe(false);
    expect(isAllowed('MPL-2.0', SHIPPED)).toBe(false);
    expect(isAllowed('(MIT OR GPL-2.0)', SHIPPED)).toBe(true);
  });
});
