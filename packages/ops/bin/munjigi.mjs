#!/usr/bin/env node
// The `munjigi` command. Builds the tree when it is not built yet, with everything it says on stderr: stdout belongs to
// the command alone.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const built = join(root, 'packages', 'ops', 'dist', 'main.js');
const stamp = join(root, 'packages', 'ops', 'dist', '.munjigi-build');

if (!existsSync(built) || !existsSync(stamp)) {
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'run.mjs'), 'build'], {
    cwd: root,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) {
    process.stderr.write('munjigi: the build did not succeed; the lines above say why.\n');
    process.exit(1);
  }
}

const { main } = await import(pathToFileURL(built).href);
process.exitCode = await main(process.argv.slice(2));
