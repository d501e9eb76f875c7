import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from './options.ts';
import { packFolder, ROOT } from './places.ts';
import { portsIn } from './servers/child.ts';
import { anyVenue, instantOf, readStory } from './story.ts';

describe('what munjigi start is asked for', () => {
  it('has a default for everything, and a data folder for each pack and clock, outside node_modules', () => {
    const usual = readOptions([], '/house');
    expect(usual).toMatchObject({ port: null, host: null, policy: 'kr-2022', now: false, tls: false });
    expect(usual?.data).toBe(path.join('/house', '.munjigi', 'kr-2022'));
    expect(readOptions(['--now'], '/house')?.data).not.toBe(usual?.data);
    expect(readOptions(['--policy', 'visitor-register'], '/house')?.data).not.toBe(usual?.data);
  });

  it('says in a sentence what it cannot read', () => {
    for (const args of [
      ['--port', '70000'],
      ['--port', '-1'],
      ['--port', ''],
      ['--unknown'],
      ['something'],
    ]) {
      expect(() => readOptions(args, '/house'), args.join(' ')).toThrow(UsageError);
    }
    expect(readOptions(['--port', '0'], '/house')?.port).toBe(0);
    expect(readOptions(['--help'], '/house')).toBeNull();
  });

  it('finds a pack by name or by folder, and names one that is not there', () => {
    expect(packFolder('kr-2022')).toBe(path.join(ROOT, 'policies', 'kr-2022'));
    expect(packFolder(path.join(ROOT, 'policies', 'visitor-register'))).toBe(
      path.join(ROOT, 'policies', 'visitor-register'),
    );
    expect(() => packFolder('no-such-pack')).toThrow(UsageError);
  });
});

describe('the story of a pack', () => {
  it.each(['kr-2022', 'visitor-register'])(
    'of %s is whole: its people, its notices in order of time, both languages',
    async (name) => {
      const folder = packFolder(name);
      const story = await readStory(folder);
      if (!story) throw new Error('no story');
      const times = [
        story.begins,
        story.outage.at,
        ...story.outage.notices.map(({ at }) => at),
        story.recovery.notice.at,
      ].map(instantOf);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(story.people.length).toBeGreaterThan(1);
      expect(story.guests.people).toHaveLength(30);
      for (const { ko, en } of [
        story.closing,
        story.question,
        story.guests.button,
        story.outage.button,
        story.recovery.button,
      ]) {
        expect(ko).not.toBe('');
        expect(en).not.toBe('');
      }
      expect(await anyVenue(folder)).toMatchObject({
        kind: expect.stringMatching(/./),
        region: expect.stringMatching(/./),
      });
    },
  );

  it('is missing, not broken, where a pack tells none', async () => {
    expect(await readStory(ROOT)).toBeNull();
  });
});

describe('the line by which the service says that it listens', () => {
  it('is told from every other line', () => {
    expect(portsIn('{"listening":{"host":"127.0.0.1","port":4711,"metricsPort":4712}}')).toEqual({
      port: 4711,
      metricsPort: 4712,
    });
    expect(portsIn('{"listening":{"host":"127.0.0.1","port":4711,"metricsPort":null}}')).toEqual({
      port: 4711,
      metricsPort: null,
    });
    for (const line of ['', 'ready', '{"listening":true}', '{"listening":{}}', '{broken', '{"port":1}'])
      expect(portsIn(line)).toBeNull();
  });
});
