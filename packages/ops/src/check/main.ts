import { once } from 'node:events';
import { check } from './command.ts';

/** `munjigi check` on the real standard streams and the wall clock, which is read once. */
export async function main(args: readonly string[]): Promise<number> {
  // A reader that closes early (head, a broken pipe) ends the command quietly.
  process.stdout.on('error', () => process.exit(1));
  const code = await check(args, {
    stdin: process.stdin,
    async out(text) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
    err: (text) => void process.stderr.write(text),
    nowSeconds: Date.now() / 1000,
    environment: process.env,
  });
  return code;
}
