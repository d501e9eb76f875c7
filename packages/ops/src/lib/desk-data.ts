import { fileURLToPath } from 'node:url';
import type { ParseArgsConfig, parseArgs } from 'node:util';
import { isMunjigiError } from '@munjigi/core/errors';
import {
  DatabaseRefused,
  DatabaseUnavailable,
  readSettings,
  type ServiceConfig,
  SettingError,
} from '@munjigi/service';
import { parseArguments } from './arguments.ts';

const DEFAULT_POLICY = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));
const TEXT = { type: 'string' } as const;

/** Which desks a command works on: the same words as for `munjigi serve`. */
export const DESK_OPTIONS = {
  desks: TEXT,
  data: TEXT,
  policy: TEXT,
  'database-issuer': TEXT,
  'database-register': TEXT,
  'database-authority': TEXT,
  help: { type: 'boolean' },
} as const;

export const DESK_USAGE = `  --data FOLDER             embedded databases and keys (./data)
  --desks LIST              issuer,register,authority (all)
  --policy FOLDER           the policy pack (policies/kr-2022)
  --database-issuer URL     a PostgreSQL database in place of the embedded one;
  --database-register URL     so for each desk
  --database-authority URL
`;

/** A mistake in the arguments; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type Values<T extends NonNullable<ParseArgsConfig['options']>> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T }>
>['values'];

/** Parses arguments strictly. Throws `UsageError`. */
export function parse<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: T,
): Values<T> {
  try {
    return parseArguments({ args, options, strict: true, allowPositionals: false }).values as Values<T>;
  } catch (error) {
    throw new UsageError((error as Error).message.split('\n')[0]);
  }
}

/** The desks that the arguments and the environment name. Throws `SettingError`. */
export const deskConfig = (flags: Readonly<Record<string, unknown>>): ServiceConfig =>
  readSettings(flags as never, process.env, DEFAULT_POLICY);

/** Runs a command: 0 or 1 as it says, 2 with its usage for a mistake in the arguments; a refusal is one sentence and 1. */
export async function runCommand(name: string, usage: string, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UsageError || error instanceof SettingError) {
      process.stderr.write(`munjigi ${name}: ${error.message}\n\n${usage}`);
      return 2;
    }
    const refused = ['DayEnded', 'RecoveryRefused', 'RotationRefused'].includes((error as Error).name);
    const known = error instanceof DatabaseRefused || error instanceof DatabaseUnavailable;
    if (!refused && !known && !isMunjigiError(error)) throw error;
    process.stderr.write(`munjigi ${name}: ${(error as Error).message}\n`);
    return 1;
  }
}

export const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
