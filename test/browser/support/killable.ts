import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Browser, chromium } from 'playwright-core';
import { browserPath } from './find-browser.ts';

export interface KillableBrowser {
  readonly browser: Browser;
  readonly process: ChildProcess;
  /** Ends every process of the browser at once, in the middle of whatever it does. */
  kill(): Promise<void>;
}

/** A browser whose processes are our own, to be killed as a flat battery would. `before` is a program that runs it. */
export async function startKillable(
  profile: string,
  before: readonly string[] = [],
): Promise<KillableBrowser> {
  const flags = [
    '--headless=new',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    'about:blank',
  ];
  const [program, ...rest] = [...before, browserPath ?? '', ...flags];
  const child = spawn(program!, rest, { detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise<string>((done, fail) => {
    const lines = createInterface({ input: child.stderr! });
    lines.on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line);
      if (found?.[1]) done(found[1]);
    });
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`The browser ended with ${code} before it listened.`)));
  });
  const browser = await chromium.connectOverCDP(address);
  return {
    browser,
    process: child,
    async kill() {
      const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null;
      if (child.pid) process.kill(-child.pid, 'SIGKILL');
      await gone;
      await browser.close().catch(() => {});
    },
  };
}
