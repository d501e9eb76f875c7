// The one entry of every npm script: makes sure that what the command needs is installed and built, then runs it.
// Two stamps decide: one over the lockfile and the machine (install), one over the sources (build). A second start
// therefore touches neither the network nor the compiler. No shell is used, so that it works wherever Node does.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const APPS = ['gate', 'wallet', 'console', 'demo'];
const INSTALL_STAMP = join(ROOT, 'node_modules', '.munjigi-install');
const BUILD_STAMP = join(ROOT, 'packages', 'ops', 'dist', '.munjigi-build');

const say = (text) => process.stderr.write(`${text}\n`);

/** Runs a program with its output on stderr unless `output` says otherwise; resolves to its exit code. */
function run(command, args, { output = 'stderr', env = process.env } = {}) {
  return new Promise((done, fail) => {
    const stdout = output === 'stderr' ? process.stderr : 'inherit';
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['inherit', stdout, 'inherit'] });
    const pass = (signal) => child.kill(signal);
    process.on('SIGINT', pass).on('SIGTERM', pass);
    child.on('error', fail);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', pass).off('SIGTERM', pass);
      done(signal ? 1 : (code ?? 1));
    });
  });
}

async function must(what, command, args) {
  const code = await run(command, args);
  if (code !== 0) {
    say(`munjigi: ${what} did not succeed (exit ${code}); the lines above say why.`);
    process.exit(1);
  }
}

/** npm as the script that this Node can run: the one that called us, else the one beside the Node program. */
function npmProgram() {
  const places = [
    process.env.npm_execpath,
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = places.find((place) => place && /npm-cli\.(js|cjs)$/.test(place) && existsSync(place));
  if (!found) {
    say('munjigi: npm was not found beside Node. Run "npm ci" once, then this command again.');
    process.exit(1);
  }
  return found;
}

function installStamp() {
  const hash = createHash('sha256').update(readFileSync(join(ROOT, 'package-lock.json')));
  return hash.update(`${process.versions.modules} ${process.platform} ${process.arch}`).digest('hex');
}

/** False where nobody listens any more: outside Linux and Windows a killed holder leaves its socket's file behind. */
function answers(address) {
  if (process.platform === 'linux' || process.platform === 'win32') return Promise.resolve(true);
  return new Promise((done) => {
    const socket = connect(address, () => done(true)).on('error', () => done(false));
    socket.unref().on('connect', () => socket.destroy());
  });
}

/**
 * Runs `work` while no other command prepares this checkout. The lock is a listening local socket: the kernel frees it
 * however its holder ends, so there is no file to go stale.
 */
async function alone(work) {
  const name = `munjigi-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}`;
  const address =
    process.platform === 'win32'
      ? `\\\\.\\pipe\\${name}`
      : process.platform === 'linux'
        ? `\0${name}`
        : join(tmpdir(), `${name}.lock`);
  for (let told = false; ; ) {
    const server = createServer((socket) => socket.on('error', () => {}));
    const held = await new Promise((done) =>
      server.once('error', () => done(false)).listen(address, () => done(true)),
    );
    if (held) {
      try {
        return await work();
      } finally {
        await new Promise((done) => server.close(done));
      }
    }
    if (!(await answers(address))) rmSync(address, { force: true });
    if (!told) say('munjigi: another command is preparing this checkout; waiting for it …');
    told = true;
    await new Promise((done) => setTimeout(done, 500));
  }
}

export async function ensureInstalled() {
  const stamp = installStamp();
  if (existsSync(INSTALL_STAMP) && readFileSync(INSTALL_STAMP, 'utf8') === stamp) return;
  say('munjigi: installing packages (once) …');
  await must('installing packages', process.execPath, [
    npmProgram(),
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(INSTALL_STAMP, stamp);
}

function* filesUnder(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (entry.name === 'dist' || entry.name === 'node_modules' || entry.name === 'test') continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (!/\.(test|bench)\.tsx?$/.test(entry.name)) yield path;
  }
}

function buildStamp() {
  const hash = createHash('sha256').update(installStamp());
  for (const file of [
    ...filesUnder(join(ROOT, 'packages')),
    join(ROOT, 'tsconfig.base.json'),
    join(ROOT, '.dependency-cruiser.mjs'),
  ]) {
    hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

/** Checks the walls, compiles the packages and bundles the web apps, when a source has changed since. */
export async function ensureBuilt() {
  const stamp = buildStamp();
  if (existsSync(BUILD_STAMP) && readFileSync(BUILD_STAMP, 'utf8') === stamp) return;
  say('munjigi: building (once after each change) …');
  const bin = (name, ...path) => [join(ROOT, 'node_modules', name, ...path)];
  await must('checking the layers', process.execPath, [join(ROOT, 'tools', 'check-layers.mjs')]);
  await must('compiling', process.execPath, [...bin('typescript', 'bin', 'tsc'), '-b']);
  for (const app of APPS) {
    const folder = join(ROOT, 'packages', app);
    if (!existsSync(join(folder, 'vite.config.ts'))) continue;
    await must(`bundling ${app}`, process.execPath, [
      ...bin('vite', 'bin', 'vite.js'),
      'build',
      folder,
      '--logLevel',
      'warn',
      '--config',
      join(folder, 'vite.config.ts'),
    ]);
  }
  mkdirSync(dirname(BUILD_STAMP), { recursive: true });
  writeFileSync(BUILD_STAMP, stamp);
}

const tsc = () => join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
const vitest = () => join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');

/** Runs a command of packages/sim: drills on real processes, or seeds of the simulator. */
async function ofSim(name, args) {
  await COMMANDS.build();
  return run(process.execPath, [join(ROOT, 'packages', 'sim', 'bin', `${name}.mjs`), ...args], {
    output: 'inherit',
  });
}

const COMMANDS = {
  build() {
    return alone(async () => {
      await ensureInstalled();
      await ensureBuilt();
      return 0;
    });
  },
  async start(args) {
    await COMMANDS.build();
    return run(process.execPath, [join(ROOT, 'packages', 'ops', 'bin', 'munjigi.mjs'), 'start', ...args], {
      output: 'inherit',
    });
  },
  async test(args) {
    await COMMANDS.build();
    if (args.length === 0)
      await must('compiling the tests', process.execPath, [tsc(), '-p', 'tsconfig.test.json', '--noEmit']);
    return run(process.execPath, [vitest(), 'run', ...args], { output: 'inherit' });
  },
  async bench([name, ...args]) {
    await COMMANDS.build();
    await must('compiling the benches', process.execPath, [tsc(), '-b', 'bench']);
    const file = join(ROOT, 'bench', 'dist', `${name}.js`);
    if (!name || !existsSync(file)) {
      const known = readdirSync(join(ROOT, 'bench'))
        .filter((f) => f.endsWith('.ts'))
        .map((f) => f.slice(0, -3));
      say(`munjigi: npm run bench -- NAME, where NAME is one of: ${known.join(', ')}`);
      return 2;
    }
    return run(process.execPath, [file, ...args], { output: 'inherit' });
  },
  drill: (args) => ofSim('drill', args),
  sim: (args) => ofSim('sim', args),
  async check() {
    await ensureInstalled();
    const biome = join(ROOT, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const lint = await run(process.execPath, [biome, 'check', '.']);
    await must('checking the layers', process.execPath, [join(ROOT, 'tools', 'check-layers.mjs')]);
    await must('compiling', process.execPath, [tsc(), '-b']);
    await must('compiling the tests', process.execPath, [tsc(), '-p', 'tsconfig.test.json', '--noEmit']);
    return lint;
  },
};

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [name, ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) {
    say(`munjigi: unknown script "${name}"; one of ${Object.keys(COMMANDS).join(', ')}`);
    process.exit(2);
  }
  process.exit(await command(args));
}
