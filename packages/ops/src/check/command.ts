import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isMunjigiError } from '@munjigi/core/errors';
import { compilePolicy } from '@munjigi/core/rules';
import type { Trust, TrustedKey, WithdrawnLists } from '@munjigi/core/trust';
import { trustFromKeys } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';
import { nodeCrypto } from '@munjigi/service/crypto';
import { parseArguments } from '../lib/arguments.ts';
import { type CheckSetup, checkEngine, readRequest, trustByHand } from './engine.ts';
import { readInstant } from './instant.ts';
import { isPicture } from './picture.ts';
import { languageOf, report } from './report.ts';
import type { Result } from './result.ts';
import { readRevokedFile } from './revoked-file.ts';
import { joinTrust, readTrustFile, trustOfSigned } from './trust-file.ts';
import { USAGE, UsageError } from './usage.ts';

/** Where the command reads and writes. The clock is read once, here at the edge. */
export interface Edge {
  readonly stdin: Readable;
  out(text: string): void | Promise<void>;
  err(text: string): void;
  readonly nowSeconds: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const OPTIONS = {
  trust: { type: 'string', multiple: true },
  revoked: { type: 'string', multiple: true },
  at: { type: 'string' },
  policy: { type: 'string' },
  'venue-kind': { type: 'string' },
  region: { type: 'string' },
  issuer: { type: 'string' },
  payload: { type: 'boolean' },
  json: { type: 'boolean' },
  ndjson: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `munjigi check`: resolves to the exit code. */
export async function check(args: readonly string[], edge: Edge): Promise<number> {
  try {
    const { values, positionals } = parse(args);
    if (values.help) {
      await edge.out(USAGE);
      return 0;
    }
    if (values.json && values.ndjson) throw new UsageError('choose one of --json and --ndjson');
    const setup = await prepare(values, edge);
    return values.ndjson
      ? await lines(positionals, setup, edge)
      : await files(positionals, setup, values.json ?? false, edge);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    edge.err(`munjigi check: ${error.message}\n`);
    return 2;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArguments({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'unknown option'}\n\n${USAGE}`);
  }
}

type Values = ReturnType<typeof parse>['values'];

function readGiven(name: string, option: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(name));
  } catch {
    throw new UsageError(`${option}${name} cannot be read`);
  }
}

async function prepare(values: Values, edge: Edge): Promise<CheckSetup> {
  const at = values.at === undefined ? edge.nowSeconds : readInstant(values.at);
  if (at === null) throw new UsageError('--at takes an ISO 8601 date and time, such as 2022-01-06T05:00:00Z');
  const rules = readRules(values);
  const issuer = values.issuer ?? null;
  const crypto = nodeCrypto();
  const keys: TrustedKey[] = [];
  const signed: { name: string; bytes: Uint8Array }[] = [];
  for (const name of values.trust ?? []) {
    const file = readTrustFile(name, readGiven(name, '--trust '), { issuer });
    if (file.kind === 'keys') keys.push(...file.keys);
    else signed.push({ name, bytes: file.bytes });
  }
  const lists = (values.revoked ?? []).map((name) => readRevokedFile(name, readGiven(name, '--revoked ')));
  const sources: Trust[] = [
    trustByHand(keys),
    ...(await trustOfSigned(signed, crypto)),
    ...lists.map((list: WithdrawnLists) => trustFromKeys([], null, list)),
  ];
  const joined = joinTrust(sources);
  const trust: Trust = rules ? { ...joined, grid: { timeZone: rules.policy.timeZone } } : joined;
  return { trust, crypto, at, issuer, rules, payload: values.payload ?? false };
}

function readRules(values: Values): CheckSetup['rules'] {
  const kind = values['venue-kind'];
  const { policy: path, region } = values;
  if (path === undefined) {
    if (kind !== undefined || region !== undefined)
      throw new UsageError('--venue-kind and --region go with --policy');
    return null;
  }
  if (kind === undefined || region === undefined)
    throw new UsageError('--policy needs --venue-kind and --region');
  try {
    const policy = compilePolicy(readPackFolder(path));
    if (!policy.venueKinds.includes(kind))
      throw new UsageError(`--venue-kind is one of ${policy.venueKinds.join(', ')}`);
    if (!policy.regions.includes(region))
      throw new UsageError(`--region is one of ${policy.regions.join(', ')}`);
    return { policy, venue: { kind, region } };
  } catch (error) {
    if (isMunjigiError(error)) throw new UsageError(`--policy ${path}: ${error.message}`);
    throw error;
  }
}

async function wholeInput(input: Readable): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of input) parts.push(Buffer.from(part as Buffer));
  return new Uint8Array(Buffer.concat(parts));
}

/** File mode: 0 all admitted, 1 any refused or not told. */
async function files(
  names: readonly string[],
  setup: CheckSetup,
  json: boolean,
  edge: Edge,
): Promise<number> {
  const judge = checkEngine(setup);
  const results: Result[] = [];
  const inputs: { id: string; bytes: Uint8Array }[] = [];
  for (const name of names.length === 0 ? ['-'] : names) {
    inputs.push({ id: name, bytes: name === '-' ? await wholeInput(edge.stdin) : readGiven(name, '') });
  }
  for (const { id, bytes } of inputs) {
    results.push(await judge(isPicture(bytes) ? { id, image: bytes } : { id, scan: scanOf(bytes) }));
  }
  if (json) await edge.out(`${JSON.stringify(results, null, 2)}\n`);
  else {
    const language = languageOf(edge.environment);
    const policy = setup.rules?.policy;
    const say = (reason: string) => {
      const key = `reason.${reason}.headline`;
      return policy?.hasText(language, key) ? policy.text(language, key) : null;
    };
    for (const result of results) await edge.out(report(result, language, say));
  }
  return results.every(({ verdict }) => verdict === 'admit') ? 0 : 1;
}

/** The text of a file that holds a scanned string: without a byte order mark and line ends around it. */
const scanOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/^[\r\n]+|[\r\n]+$/g, '');

/** NDJSON mode: answers line by line, in order; 0 when every line was answered. */
async function lines(names: readonly string[], setup: CheckSetup, edge: Edge): Promise<number> {
  const judge = checkEngine(setup);
  const { Readable } = await import('node:stream');
  for (const name of names.length === 0 ? ['-'] : names) {
    const input = name === '-' ? edge.stdin : Readable.from([Buffer.from(readGiven(name, ''))]);
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      if (line.trim() === '') continue;
      await edge.out(`${JSON.stringify(await answer(line, judge))}\n`);
    }
  }
  return 0;
}

/** The answer to one line: a result, or why there is none. */
export async function answer(line: string, judge: ReturnType<typeof checkEngine>): Promise<unknown> {
  let json: unknown;
  try {
    json = JSON.parse(line.replace(/^\uFEFF/, ''));
  } catch {
    return { id: null, error: 'the line is not JSON' };
  }
  try {
    return await judge(readRequest(json));
  } catch (error) {
    const id = (json as { id?: unknown } | null)?.id ?? null;
    return { id, error: error instanceof UsageError ? error.message : 'the request could not be answered' };
  }
}
