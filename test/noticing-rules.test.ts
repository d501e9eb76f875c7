import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { recordedAndAsked } from './support/metrics-named.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const RULES = join(ROOT, 'deploy/prometheus/rules');
const TESTS = join(ROOT, 'deploy/prometheus/tests');
const PAGES = join(ROOT, 'docs/runbooks');
const filesOf = (folder: string, end: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name));
const read = (file: string) => readFileSync(file, 'utf8');

/** The rules that raise an alert, each with the lines up to the next rule. */
const alerts = filesOf(RULES, '.yml').flatMap((file) =>
  read(file)
    .split(/\n\s+- (?=alert:|record:)/)
    .filter((text) => text.startsWith('alert:'))
    .map((text) => ({ name: /^alert: (\w+)/.exec(text)![1]!, text })),
);
const pages = filesOf(PAGES, '.md').filter((file) => !file.endsWith('README.md'));
const promtool = spawnSync('promtool', ['--version']).error === undefined;

describe('the alert rules', () => {
  it('are read by Prometheus, with its settings', ({ skip }) => {
    if (!promtool) return skip('promtool is not here');
    const said = execFileSync('promtool', ['check', 'config', 'deploy/prometheus/prometheus.yml'], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(said).toContain('is valid prometheus config file syntax');
  });

  it.for(readdirSync(TESTS))('speak up when they should, and only then: %s', (name, { skip }) => {
    if (!promtool) return skip('promtool is not here');
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(TESTS, name)], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it('are all tried', () => {
    const tried = filesOf(TESTS, '.yml').map(read).join('\n');
    expect(alerts.length).toBeGreaterThan(15);
    for (const { name } of alerts)
      expect(tried, name).toMatch(new RegExp(`alertname: ${name}\\n\\s+exp_alerts:`));
  });

  it('and the dashboards ask for no sum that no rule makes', () => {
    const { recorded, asked } = recordedAndAsked();
    expect(recorded.length).toBeGreaterThan(8);
    for (const name of asked) expect(recorded).toContain(name);
  });

  it('name who is told and where to read on', () => {
    for (const { name, text } of alerts) {
      expect(text, name).toMatch(/severity: (page|ticket|dead-man)/);
      expect(text, name).toContain(`runbook: docs/runbooks/${name}.md`);
    }
  });
});

describe('what to do when', () => {
  const notices = Object.keys(JSON.parse(read(join(ROOT, 'policies/kr-2022/notices.json'))).notices);

  it('has a page for every alert, and no page for none', () => {
    expect(pages.map((file) => basename(file, '.md')).sort()).toEqual(alerts.map(({ name }) => name).sort());
  });

  it.for(pages.map((file) => basename(file, '.md')))('says the same six things, shortly: %s', (name) => {
    const text = read(join(PAGES, `${name}.md`));
    expect([...text.matchAll(/^\*\*(.+?)\.\*\*/gm)].map(([, title]) => title)).toEqual([
      'For doors and guests',
      'First look',
      'First action',
      'Roll back when',
      'Tell',
      'Sentence to publish',
    ]);
    expect(text.startsWith(`# ${name}\n`)).toBe(true);
    expect(text.length).toBeLessThan(2_000);
    const sentence = /\*\*Sentence to publish\.\*\* (.*)/.exec(text)![1]!;
    for (const [, notice] of sentence.matchAll(/`([^`]+)`/g)) expect(notices).toContain(notice);
  });
});

describe('the dashboards', () => {
  const dashboards = filesOf(join(ROOT, 'deploy/grafana/dashboards'), '.json').map((file) =>
    JSON.parse(read(file)),
  );

  it('have names of their own, a data source to choose, and changes with the way back on every graph', () => {
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(4);
    for (const { title, panels, annotations, templating } of dashboards) {
      expect(panels.length, title).toBeGreaterThan(4);
      expect(templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
      expect(annotations.list[0]).toMatchObject({
        enable: true,
        expr: 'munjigi_change_timestamp_seconds * 1000',
        useValueForTime: true,
        titleFormat: '{{change}} {{phase}}',
        textFormat: '→ {{back}}',
      });
    }
  });

  it('lay panels out without one over another', () => {
    for (const { title, panels } of dashboards) {
      const taken = new Set<string>();
      for (const { gridPos } of panels)
        for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
          for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
            expect(x).toBeLessThan(24);
            expect(taken.has(`${x}/${y}`), `${title} at ${x}, ${y}`).toBe(false);
            taken.add(`${x}/${y}`);
          }
    }
  });
});
