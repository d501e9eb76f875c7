import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { REASONS } from '@munjigi/core/reasons';
import { CheckLineError, CheckResult } from '@munjigi/service/contracts';
import { Value } from 'typebox/value';
import { afterAll, expect } from 'vitest';
import { check } from '../src/check/command.ts';
import type { Result } from '../src/check/result.ts';

const vectorFile = (name: string) => fileURLToPath(new URL(`../../../vectors/${name}`, import.meta.url));
export const policyFolder = fileURLToPath(new URL('../../../policies/kr-2022', import.meta.url));
const read = (name: string) => JSON.parse(readFileSync(vectorFile(name), 'utf8')) as never;

interface PassVectors {
  readonly issuer: { readonly publicKey: string };
  readonly valid: readonly {
    readonly name: string;
    readonly drawnAt?: number;
    readonly kid: string;
    readonly text: string;
  }[];
  readonly invalid: readonly { readonly name: string; readonly fails: string; readonly text: string }[];
}
interface CertificateVectors {
  readonly clock: string;
  readonly certificates: Readonly<Record<string, string>>;
  readonly cases: readonly {
    readonly name: string;
    readonly certificate: string;
    readonly reason: keyof typeof REASONS;
    readonly fails?: keyof Result['steps'];
    readonly unknown?: keyof Result['steps'];
    readonly text: string;
  }[];
}
export const passes = read('mj1-pass.json') as PassVectors;
export const certificates = read('hcert.json') as CertificateVectors;

export const folder = mkdtempSync(join(tmpdir(), 'munjigi-check-'));
afterAll(() => rmSync(folder, { recursive: true }));
let written = 0;
export function file(content: string | Uint8Array, name = `file-${++written}`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export async function run(args: readonly string[], { stdin = '', at = 0, language = 'C' } = {}) {
  let out = '';
  let err = '';
  const code = await check(args, {
    stdin: Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    nowSeconds: at,
    environment: { LANG: language },
  });
  return { code, out, err };
}
export const json = async (args: readonly string[], options = {}) => {
  const { code, out } = await run(['--json', ...args], options);
  const results = JSON.parse(out) as Result[];
  for (const result of results) expect(Value.Errors(CheckResult, result)).toEqual([]);
  return { code, results };
};
export async function lines(requests: readonly unknown[], args: readonly string[] = []) {
  const { code, out } = await run(['--ndjson', ...args], {
    stdin: requests
      .map((request) => `${typeof request === 'string' ? request : JSON.stringify(request)}\n`)
      .join(''),
  });
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result & { error?: string });
  for (const result of results) {
    expect(Value.Errors(result.error === undefined ? CheckResult : CheckLineError, result)).toEqual([]);
  }
  return { code, results };
}

export const point = Buffer.from(passes.issuer.publicKey, 'hex');
export const jwk = (kid: string, more = {}) => ({
  kty: 'EC',
  crv: 'P-256',
  x: point.toString('base64url', 1, 33),
  y: point.toString('base64url', 33),
  kid,
  ...more,
});
export const ordinary = passes.valid[0]!;
export const AT = '2022-01-06T01:00:05Z';
export const drawnAt = (pass: { drawnAt?: number }, offset = 5) =>
  new Date(((pass.drawnAt ?? 1641430800) + offset) * 1000).toISOString();

/** The venue and region of the pack, whatever they are called there. */
export async function knownRules(args: readonly string[]): Promise<string[]> {
  const { readPackFolder } = await import('@munjigi/service/config');
  const { compilePolicy } = await import('@munjigi/core/rules');
  const { venueKinds, regions } = compilePolicy(readPackFolder(args[1]!));
  return ['--policy', args[1]!, '--venue-kind', venueKinds[0]!, '--region', regions[0]!];
}

export function sha256Hex(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
