import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, haproxyProgram, startProcess, until } from '@munjigi/sim/stage';
import { tempFolder } from './databases.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Every metric that a rule or a dashboard asks for, what rules record themselves left out. */
export function metricsNamed(): ReadonlySet<string> {
  const folders = ['deploy/prometheus/rules', 'deploy/grafana/dashboards'].map((folder) =>
    join(ROOT, folder),
  );
  const texts = folders.flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  return new Set(
    texts.flatMap((text) => [...text.matchAll(/(?<![\w:-])(?:munjigi|haproxy)_\w+/g)].map(([name]) => name)),
  );
}

/** What rules record, and what rules and dashboards ask for of that. */
export function recordedAndAsked(): {
  readonly recorded: readonly string[];
  readonly asked: readonly string[];
} {
  const of = (folder: string) =>
    readdirSync(join(ROOT, folder)).map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
  const rules = of('deploy/prometheus/rules').join('\n');
  const all = [rules, ...of('deploy/grafana/dashboards')].join('\n');
  return {
    recorded: [...rules.matchAll(/record: (\S+)/g)].map(([, name]) => name!),
    asked: [...all.matchAll(/munjigi:\w+:\w+/g)].map(([name]) => name),
  };
}

/** What the exporter of the HAProxy that is installed here says of a backend. */
export async function haproxySays(): Promise<string> {
  const program = haproxyProgram();
  if (!program) throw new Error('HAProxy is not installed.');
  const port = await freePort();
  const file = join(tempFolder('haproxy'), 'exporter.cfg');
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend said
  bind 127.0.0.1:${port}
  http-request use-service prometheus-exporter
backend nodes
  server a 127.0.0.1:9
`,
  );
  const balancer = await startProcess(program, ['-f', file, '-db']);
  try {
    let said = '';
    await until('HAProxy says how it stands', async () => {
      said = await fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => '',
      );
      return said !== '';
    });
    return said;
  } finally {
    await balancer.kill();
  }
}
