import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  type Balancer,
  openService,
  type ServiceNode,
  type ServiceStage,
  startBalancer,
  until,
} from '@munjigi/sim/stage';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Uploads } from '../bench/support/uploads.ts';
import { main as canaryMain } from '../packages/ops/src/canary/main.ts';
import { openRuntime, type Runtime, renderHaproxy } from '../packages/ops/src/haproxy/index.ts';
import { readMarkers } from '../packages/ops/src/lib/markers.ts';
import { main as maintenance } from '../packages/ops/src/maintenance/main.ts';
import { newestRecord } from '../packages/ops/src/maintenance/record.ts';
import { bundle } from './support/bundle.ts';
import { runCommand, type Said } from './support/command.ts';
import { tempFolder } from './support/databases.ts';
import { isThere, type NoPostgres, type PrivatePostgres, startPostgres } from './support/postgres.ts';
import { isHaproxyHere, NO_HAPROXY } from './support/proxy.ts';

const LUNCH = Date.parse('2022-01-06T12:30:00+09:00');
const LIMITS = { issue: 100_000, upload: 100_000, other: 100_000, session: 100_000, connections: 1_000 };
const PACE = { checkMs: 200, agentMs: 200, slowStartMs: 1_500 };
/** What the nodes may be asked to do with one of them by a work. */
type Wish = 'restart' | 'break' | 'mend';

describe('maintenance of one node after the other', () => {
  let postgres: PrivatePostgres | NoPostgres;
  let stage: ServiceStage;
  let runtime: Runtime;
  let second: Balancer;
  let uploads: Uploads;
  const impostors = new Map<string, Server>();
  const place = tempFolder('maintenance');
  const folder = join(place, 'record');
  const markers = join(place, 'changes.jsonl');
  const canary = join(place, 'canary');
  let wishes: Server;
  let flags: readonly string[] = [];

  const nodeOf = (name: string): ServiceNode => stage.nodes.find((node) => node.name === name)!;
  /** A node that says that it is ready, and answers everybody else with an error: what health checks do not see. */
  const impostor = async (name: string): Promise<void> => {
    await nodeOf(name).process.stop();
    const server = createServer((request, response) =>
      response.writeHead(request.url === '/health/ready' ? 200 : 500).end('{}'),
    );
    await new Promise<void>((done) => server.listen(nodeOf(name).port, '127.0.0.1', done));
    impostors.set(name, server);
  };
  const mend = async (name: string): Promise<void> => {
    const server = impostors.get(name);
    impostors.delete(name);
    await new Promise<void>((done) => {
      if (!server) return done();
      server.close(() => done());
      server.closeAllConnections();
    });
    if (!nodeOf(name).process.isRunning) await nodeOf(name).start();
  };
  const grant: Readonly<Record<Wish, (name: string) => Promise<unknown>>> = {
    restart: async (name) => {
      await nodeOf(name).process.stop();
      await nodeOf(name).start();
    },
    break: impostor,
    mend,
  };
  /** A command of the shell that has something done with its node. */
  const wish = (what: Wish): string => {
    const script = `fetch('http://127.0.0.1:${(wishes.address() as { port: number }).port}/${what}/'+process.env.MUNJIGI_NODE).then((a)=>process.exit(a.ok?0:1))`;
    return `"${process.execPath}" -e "${script}"`;
  };

  const run = (more: readonly string[], around: Parameters<typeof maintenance>[1] = {}): Promise<Said> =>
    runCommand((args) => maintenance(args, around), ...more);
  const asked = (...more: string[]) => run([...flags, '--busy-hours', 'none', ...more]);
  const lines = ({ out }: Said) =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  /** How every node stands; both balancers say the same, or it is told. */
  const states = async () => {
    const [one, other] = await Promise.all(
      [runtime, openRuntime(second.socket)].map(async (at) =>
        (await at.servers('nodes')).map(({ name, admin, state }) => `${name} ${admin} ${state}`),
      ),
    );
    return one!.map((said, i) => (said === other![i] ? said : `${said} or ${other![i]}`));
  };
  const allWhole = () =>
    until('all have their whole weight', async () => {
      const all = await Promise.all([runtime, openRuntime(second.socket)].map((at) => at.servers('nodes')));
      return all.flat().every(({ weight, state }) => weight === 100 && state === 'up');
    });
  const ALL_IN = ['a ready up', 'b ready up', 'c ready up'];

  beforeAll(async () => {
    postgres = await startPostgres();
    if (!isThere(postgres) || !isHaproxyHere()) return;
    stage = await openService({
      folder: join(place, 'stage'),
      postgres,
      story: new Date().toISOString(),
      flags: ['--drain-seconds', '1'],
      configuration: ({ port, socket, nodes }) =>
        renderHaproxy({ bind: `127.0.0.1:${port}`, socket, nodes, limits: LIMITS, pace: PACE }),
    });
    runtime = openRuntime(stage.balancer.socket);
    second = await startBalancer({
      folder: tempFolder('second-door'),
      check: 'health',
      nodes: stage.nodes,
      configuration: ({ port, socket, nodes }) =>
        renderHaproxy({ bind: `127.0.0.1:${port}`, socket, nodes, limits: LIMITS, pace: PACE }),
    });
    wishes = createServer((request, response) => {
      const [, what, name] = (request.url ?? '').split('/');
      void grant[what as Wish](name ?? '').then(
        () => response.end(),
        () => response.writeHead(500).end(),
      );
    });
    await new Promise<void>((done) => wishes.listen(0, '127.0.0.1', done));
    const service = `http://127.0.0.1:${nodeOf('a').port}`;
    const made = await runCommand(
      canaryMain,
      ...['enrol', '--folder', canary, '--name', 'maintenance', '--service', service, '--data', stage.data],
      ...['--door', `front=http://127.0.0.1:${stage.balancer.port}`],
      ...stage.nodes.flatMap(({ name, port }) => ['--node', `${name}=http://127.0.0.1:${port}`]),
      ...['--mirror', `mirror=${stage.mirror.address}`],
    );
    expect(made.err).toBe('');
    flags = [
      ...['--folder', folder, '--markers', markers, '--canary', canary, '--socket', stage.balancer.socket],
      ...['--socket', second.socket],
      ...['--drain-seconds', '15', '--ready-seconds', '30', '--watch-seconds', '2'],
    ];
    const token = readFileSync(join(stage.data, 'keys', 'operator-token.key'), 'utf8').trim();
    uploads = await Uploads.of({ port: nodeOf('a').port, token }, 40, 1, stage.balancer.port);
    await allWhole();
  });
  afterAll(async () => {
    uploads?.close();
    wishes?.close();
    for (const server of impostors.values()) {
      server.close();
      server.closeAllConnections();
    }
    await second?.process.kill();
    await stage?.close();
    if (isThere(postgres)) await postgres.remove();
    rmSync(place, { recursive: true, force: true });
  });
  const onStage = (name: string, work: () => Promise<void>) =>
    it(name, ({ skip }) => {
      if (!isThere(postgres)) return skip(postgres.reason);
      return isHaproxyHere() ? work() : skip(NO_HAPROXY);
    });
  /** Does something while gates send, and says what became of what they sent. */
  const underLoad = async <T>(work: () => Promise<T>) => {
    await uploads.prepare(4);
    const sums = { accepted: 0, full: 0, other: 0 };
    const result = work();
    let isDone = false;
    const ended = result.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      const { accepted, full, other } = await uploads.open(20, 1);
      sums.accepted += accepted;
      sums.full += full;
      sums.other += other;
    }
    return { result: await ended, ...sums };
  };

  onStage('is refused at lunch, and touches nothing, however it is asked', async () => {
    for (const way of [[], ['--dry-run']]) {
      const said = await run([...flags, '--node', 'a', '--do', 'false', ...way], { now: () => LUNCH });
      expect(said.code).toBe(1);
      expect(said.err).toContain('It is 12:30 (Asia/Seoul), and doors are busy from 11 to 14 h.');
    }
    expect(await readMarkers(markers)).toEqual([]);
    expect(existsSync(join(folder, '0001.json'))).toBe(false);
    expect(await states()).toEqual(ALL_IN);
    const plan = await run([...flags, '--node', 'a,b', '--do', 'true', '--dry-run'], {
      now: () => LUNCH + 7_200_000,
    });
    expect([plan.code, lines(plan)[0]]).toEqual([0, expect.objectContaining({ mayBegin: true, hour: null })]);
  });

  onStage('costs no request while all three are started anew', async () => {
    const before = stage.nodes.map(({ process: one }) => one.pid);
    const { result, accepted, other } = await underLoad(() =>
      asked('--node', 'a,b,c', '--do', wish('restart')),
    );
    expect(result.err).toContain(
      'Maintenance 1: a was worked on and is back; b was worked on and is back; c was',
    );
    expect(result.code).toBe(0);
    expect(other).toBe(0);
    expect(accepted).toBeGreaterThan(100);
    const told = lines(result);
    expect(told.at(-1)).toMatchObject({ ended: 'done', nodes: { a: 'done', b: 'done', c: 'done' } });
    expect(told.filter(({ node }) => node === 'b').map(({ step }) => step)).toEqual([
      'drain',
      'work',
      'ready',
      'verify',
      'back',
      'watch',
      'done',
    ]);
    expect(stage.nodes.some(({ process: { pid } }) => before.includes(pid))).toBe(false);
    expect(await states()).toEqual(ALL_IN);
    expect((await readMarkers(markers)).map(({ change, phase }) => `${change} ${phase}`)).toEqual([
      'maintenance 1 of a b c began',
      'maintenance 1 of a b c ended',
    ]);
  });

  onStage(
    'takes a work back that breaks the node where no health check looks, and nobody notices',
    async () => {
      const { result, other } = await underLoad(() =>
        asked('--node', 'b,c', '--do', wish('break'), '--undo', wish('mend')),
      );
      expect(result.code).toBe(1);
      expect(other).toBe(0);
      expect(result.err).toMatch(
        /b is as it was before, because \w+ through b is down .*; c was not touched\./,
      );
      expect(lines(result).at(-1)).toMatchObject({
        ended: 'rolled-back',
        nodes: { b: 'rolled-back', c: 'waits' },
      });
      expect(await states()).toEqual(ALL_IN);
      expect((await readMarkers(markers)).at(-1)).toMatchObject({
        change: 'maintenance 2 of b',
        phase: 'rolled-back',
      });
    },
  );

  onStage('keeps a node out that breaks while it is watched and cannot be mended', async () => {
    const done = asked('--node', 'b,c', '--do', 'true', '--undo', 'exit 3', '--watch-seconds', '30');
    await until('b is watched', async () => (await newestRecord(folder))?.nodes[0]?.step === 'watch');
    await impostor('b');
    const result = await done;
    expect(result.code).toBe(1);
    expect(result.err).toMatch(
      /b IS OUT, because .* and after that the command failed \(exit 3\); c was not touched/,
    );
    expect(await states()).toEqual(['a ready up', 'b maint maint', 'c ready up']);
    const next = await asked('--node', 'a', '--do', 'true');
    expect([next.code, lines(next).at(-1)?.ended]).toEqual([1, 'refused']);
    expect(next.err).toContain('b is away itself');
    // The one that is out may be worked on, at lunch too where somebody says why; it is in when it works.
    const why = ['--despite-the-hour', 'two nodes do not bear dinner'];
    const mended = await run([...flags, '--node', 'b', '--do', wish('mend'), ...why], { now: () => LUNCH });
    expect([mended.code, await states()]).toEqual([0, ALL_IN]);
    expect(lines(mended).at(-1)).toMatchObject({ despite: why[1], nodes: { b: 'done' } });
    expect((await readMarkers(markers)).at(-1)).toMatchObject({
      change: 'maintenance 4 of b, despite the hour: two nodes do not bear dinner',
      phase: 'ended',
    });
  });

  describe('that was broken off', () => {
    const children: ChildProcess[] = [];
    afterAll(() => {
      for (const child of children) child.kill('SIGKILL');
    });
    /** A run of its own that reached its work, which waits for a file. */
    const atWork = async (): Promise<{ readonly child: ChildProcess; readonly go: () => void }> => {
      const script = await bundle(fileURLToPath(new URL('./support/maintenance-child.ts', import.meta.url)));
      const file = join(place, `go-${children.length}`);
      const command = `echo working >&2; while [ ! -e ${file} ]; do sleep 0.1; done`;
      const child = spawn(
        process.execPath,
        [script, ...flags, '--busy-hours', 'none', '--node', 'a', '--do', command],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      children.push(child);
      const said = createInterface({ input: child.stderr! });
      await new Promise<void>((done, fail) => {
        const heard: string[] = [];
        said.on('line', (line) => {
          heard.push(line);
          if (line === 'working') done();
        });
        child.once('exit', () => fail(new Error(heard.join('\n'))));
      });
      return { child, go: () => writeFileSync(file, '') };
    };

    onStage('is found by the next, is not doubled, and goes on when its work has ended', async () => {
      const { child, go } = await atWork();
      const second = await asked('--node', 'b', '--do', 'true');
      expect([second.code, second.err]).toEqual([1, expect.stringContaining('one at a time')]);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const third = await asked('--node', 'b', '--do', 'true');
      expect([third.code, third.err]).toEqual([
        1,
        expect.stringMatching(/a is under way \(work\).*--resume.*--abandon/),
      ]);
      expect((await run(['--resume', '--folder', folder])).err).toContain('still runs');
      go();
      let went: Said | null = null;
      await until('the work that was left behind has ended', async () => {
        went = await run(['--resume', '--folder', folder]);
        return !went.err.includes('still runs');
      });
      expect(went).toMatchObject({ code: 0, err: expect.stringContaining('a was worked on and is back.') });
      expect(await states()).toEqual(ALL_IN);
    });

    onStage('by Ctrl-C ends its work, and is taken back when it is abandoned', async () => {
      const { child } = await atWork();
      child.kill('SIGINT');
      const [code] = await once(child, 'exit');
      expect([code, await states()]).toEqual([1, ['a maint maint', 'b ready up', 'c ready up']]);
      const back = await run(['--abandon', '--folder', folder]);
      expect(back).toMatchObject({ code: 0, err: expect.stringContaining('a is as it was before') });
      expect(await states()).toEqual(ALL_IN);
      expect((await run(['--abandon', '--folder', folder])).err).toContain('No maintenance was broken off');
    });
  });

  onStage(
    'waits for a person, holds out what a balancer forgot, and begins none when lunch is near',
    async () => {
      await allWhole();
      let now = LUNCH - 3 * 3_600_000;
      const input = new PassThrough();
      const done = run([...flags, '--node', 'c,a', '--by-hand'], { now: () => now, input });
      await until(
        'c is worked on',
        async () =>
          (await newestRecord(folder))?.nodes[0]?.worked === true && (await states())[2] === 'c maint maint',
        20_000,
      );
      await runtime.setState('nodes', 'c', 'ready');
      await until('c is out again', async () => (await states())[2] === 'c maint maint');
      now = LUNCH - 100 * 60_000;
      input.write('\n');
      const said = await done;
      expect(said.err).toContain('was given work again by a balancer');
      expect(said.err).toContain('c is still out. It is 10:50');
      expect(said.err).toContain('It stopped: It is 10:50 (Asia/Seoul), and doors are busy from 11 h');
      expect(lines(said).at(-1)).toMatchObject({ ended: 'stopped', nodes: { c: 'done', a: 'waits' } });
      expect([said.code, await states()]).toEqual([1, ALL_IN]);
    },
  );

  it('takes no half order', async () => {
    for (const wrong of [
      [],
      ['--node', 'a'],
      ['--node', 'a,a', '--do', 'true'],
      ['--node', 'a', '--do', 'true', '--by-hand'],
      ['--node', 'a', '--do', 'true', '--busy-hours', 'lunch'],
      ['--resume', '--node', 'a'],
      ['--resume', '--abandon'],
    ])
      expect((await run(wrong)).code, wrong.join(' ')).toBe(2);
  });
});
