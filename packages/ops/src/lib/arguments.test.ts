import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.ts';

const options = {
  account: { type: 'string' },
  service: { type: 'string' },
  help: { type: 'boolean' },
} as const;
const parse = (...args: string[]) => parseArguments({ args, options, allowPositionals: true, strict: true });

describe('an option whose value begins with a dash', () => {
  it('takes it, as an id in base64url may begin so', () => {
    for (const id of ['-x7Qk', '--7Qk', '-'])
      expect(parse('end', '--account', id, '--help')).toMatchObject({
        values: { account: id, help: true },
        positionals: ['end'],
      });
  });
  it('is still a mistake where the value was forgotten before another option', () => {
    expect(() => parse('--account', '--service', 'http://127.0.0.1')).toThrow(/account/);
    expect(() => parse('--account', '--service=http://127.0.0.1')).toThrow(/account/);
    expect(() => parse('--account')).toThrow(/account/);
  });
  it('leaves everything after -- as it is', () => {
    expect(parse('--', '--account', '-x').positionals).toEqual(['--account', '-x']);
  });
});
