import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * `parseArgs` for values that begin with a dash: an id in base64url may, and `--account -x7…` is plain enough. The word
 * after an option that takes one is its value unless it is an option of this command itself, so that a forgotten value
 * is still a mistake. Throws what `parseArgs` throws (`ERR_PARSE_ARGS_…`).
 */
export function parseArguments<const T extends ParseArgsConfig & { args: readonly string[] }>(
  config: T,
): ReturnType<typeof parseArgs<T>> {
  return parseArgs({ ...config, args: withValuesJoined(config.args, config.options ?? {}) }) as ReturnType<
    typeof parseArgs<T>
  >;
}

function withValuesJoined(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
): string[] {
  const end = args.indexOf('--') === -1 ? args.length : args.indexOf('--');
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    const next = args[at + 1];
    const takesValue = word.startsWith('--') && options[word.slice(2)]?.type === 'string';
    const isValue =
      next !== undefined && at + 1 < end && next.startsWith('-') && !isOption(next, options) && next !== '-';
    if (at < end && takesValue && isValue) {
      joined.push(`${word}=${next}`);
      at++;
    } else joined.push(word);
  }
  return joined;
}

const isOption = (word: string, options: NonNullable<ParseArgsConfig['options']>): boolean =>
  Object.entries(options).some(
    ([name, { short }]) =>
      word === `--${name}` ||
      word.startsWith(`--${name}=`) ||
      (short !== undefined && word.startsWith(`-${short}`)),
  );
