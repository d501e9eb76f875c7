#!/usr/bin/env node
// The `munjigi` command. Builds the tree where it is not built, or where a source is newer than the build, with
// everything it says on stderr: stdout belongs to the command alone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const dist = join(root, 'packages', 'ops', 'dist');
const stamp = join(dist, '.munjigi-build');

/** True when a file under the folder changed after the given time (milliseconds). */
function changedSince(folder, time) {
  return readdirSync(folder, { withFileTypes: true }).some((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return changedSince(path, time);
    return !/\.test\.tsx?$/.test(entry.name) && statSync(path).mtimeMs > time;
  });
}

function isBuilt() {
  if (!existsSync(join(dist, 'main.js')) || !existsSync(stamp)) return false;
  const since = statSync(stamp).mtimeMs;
  return ['core', 'service', 'ops'].every(
    (name) => !changedSince(join(root, 'packages', name, 'src'), since),
  );
}

// A reader that has seen enough (`| head`) ends the run quietly.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : 1));

if (!isBuilt()) {
  const { status } = spawnSync(process.execPath, [join(root, 'tools', 'run.mjs'), 'build'], {
    cwd: root,
    stdio: ['ignore', process.stderr, 'inherit'],
  });
  if (status !== 0) {
    process.stderr.write('munjigi: the build did not succeed; the lines above say why.\n');
    process.exit(1);
  }
  utimesSync(stamp, new Date(), new Date());
}

const { main } = await import(pathToFileURL(join(dist, 'main.js')).href);
process.exitCode = await main(process.argv.slice(2));
