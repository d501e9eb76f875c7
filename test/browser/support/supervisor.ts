import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const MAIN = path.join(ROOT, 'packages', 'ops', 'dist', 'main.js');
const START_MS = 170_000;

export interface Running {
  /** http://localhost:PORT, no slash at the end. */
  readonly address: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** Everything that it printed so far. */
  output(): string;
  /** Asks it to end and waits; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** Runs the built `munjigi` with these arguments. `npm test` has built it; by hand: `npm run build`. */
export function spawnMunjigi(
  args: readonly string[],
  options: Parameters<typeof spawn>[2] = {},
): ChildProcess {
  if (!existsSync(MAIN)) throw new Error('Nothing is built yet: npm run build.');
  const script = `import(${JSON.stringify(pathToFileURL(MAIN).href)}).then(({ main }) => main(process.argv.slice(1))).then((code) => process.exit(code))`;
  return spawn(process.execPath, ['--input-type=module', '-e', script, '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
}

/** `munjigi start` on a free port, until its addresses answer. The data folder is new and deleted at the end unless given. */
export async function startMunjigi(
  args: readonly string[] = [],
  given: {
    readonly data?: string;
    readonly usualPort?: boolean;
    readonly spawn?: Parameters<typeof spawn>[2];
  } = {},
): Promise<Running> {
  const data = given.data ?? mkdtempSync(path.join(os.tmpdir(), 'munjigi-start-'));
  const child = spawnMunjigi(
    ['start', ...(given.usualPort ? [] : ['--port', '0']), '--data', data, ...args],
    given.spawn,
  );
  let printed = '';
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  const address = await new Promise<string>((done, fail) => {
    const late = setTimeout(() => fail(new Error(`munjigi start did not come up:\n${printed}`)), START_MS);
    const read = (part: Buffer) => {
      printed += part.toString('utf8');
      const found = /(https?:\/\/localhost:\d+)\/\s*$/.exec(printed);
      if (!found?.[1]) return;
      clearTimeout(late);
      done(found[1]);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((code) => {
      clearTimeout(late);
      fail(new Error(`munjigi start ended with ${code}:\n${printed}`));
    });
  });
  return {
    address,
    data,
    process: child,
    output: () => printed,
    async stop() {
      child.kill('SIGTERM');
      const code = await ended;
      if (given.data === undefined) rmSync(data, { recursive: true, force: true, maxRetries: 5 });
      return code;
    },
  };
}
