import { SettingError } from '@munjigi/service';
import { UsageError } from './desk-data.ts';
import { Refused } from './operator-call.ts';

/**
 * Runs a command that speaks to a service: what `work` resolves to is printed as one JSON object. Resolves to the exit code:
 * 0 done, 1 the service refused or is not there, 2 wrong usage.
 */
export async function serviceCommand(
  name: string,
  usage: string,
  work: () => Promise<unknown>,
): Promise<number> {
  try {
    process.stdout.write(`${JSON.stringify(await work())}\n`);
    return 0;
  } catch (error) {
    if (error instanceof UsageError || error instanceof SettingError) {
      process.stderr.write(`munjigi ${name}: ${error.message}\n\n${usage}`);
      return 2;
    }
    if (!(error instanceof Refused)) throw error;
    process.stderr.write(`munjigi ${name}: ${error.message}\n`);
    return 1;
  }
}

/** The value of an option that a command cannot do without. Throws `UsageError`. */
export function needed(value: string | undefined, flag: string): string {
  if (!value) throw new UsageError(`--${flag} is needed here.`);
  return value;
}

/** A whole number from 1 on, as an option gave it. Throws `UsageError`. */
export function numbered(value: string | undefined, flag: string): number {
  const number = Number(needed(value, flag));
  if (!Number.isSafeInteger(number) || number < 1) throw new UsageError(`--${flag} is a whole number.`);
  return number;
}
