import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from './main.ts';

describe('munjigi plan announce', () => {
  const said = { out: '', err: '' };
  const run = async (...args: string[]) => {
    said.out = said.err = '';
    for (const [stream, name] of [
      [process.stdout, 'out'],
      [process.stderr, 'err'],
    ] as const)
      vi.spyOn(stream, 'write').mockImplementation((text) => {
        said[name] += text;
        return true;
      });
    const code = await main(['announce', ...args]);
    vi.restoreAllMocks();
    return code;
  };
  afterEach(() => void vi.restoreAllMocks());

  it('prints the surge, the groups and what it assumes, for a machine and for a person', async () => {
    expect(await run('--people', '10000000', '--capacity', '500', '--within', '48', '--start', '11:39')).toBe(
      0,
    );
    const plan = JSON.parse(said.out);
    expect(plan.staggered.fits).toBe(true);
    expect(plan.announcement.response).toEqual({ share: 1, nineTenthsSeconds: 2340 });
    expect(said.err).toMatch(/everybody now +in groups/);
    expect(said.err).toContain('Assumed: 100 of a hundred come, nine of ten of them within 39 min.');
    expect(said.err).toMatch(/1 {2}14:00 +to 15:10 +1,030,702 people/);
  });

  it('ends with 1 where it does not fit, and names the time that it takes', async () => {
    expect(await run('--people', '20000000', '--capacity', '500', '--within', '12')).toBe(1);
    expect(said.err).toContain('It does not fit. The shortest time is 55 hours.');
  });

  it.each([
    [['--people', '0', '--capacity', '5', '--within', '1'], /--people is a whole number/],
    [['--people', '10', '--within', '1'], /--capacity is a whole number/],
    [['--people', '10', '--capacity', '5', '--within', '1', '--start', '25:00'], /--start is a time of day/],
    [['--people', '10', '--capacity', '5', '--within', '1', '--night'], /--night/],
  ])('ends with 2 and a sentence for %j', async (args, sentence) => {
    expect(await run(...args)).toBe(2);
    expect(said.err).toMatch(sentence);
    expect(said.out).toBe('');
  });
});
