import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compilePolicy, notice } from '@munjigi/core/rules';
import { readPackFolder } from '@munjigi/service/config';
import { describe, expect, it } from 'vitest';
import { DRILLS } from './list.ts';
import { recordOf } from './record.ts';

const PACK = fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url));
const policy = compilePolicy(readPackFolder(PACK));
const sources = readFileSync(`${PACK}/SOURCES.md`, 'utf8');

describe('the records of the drills', () => {
  it('are there for every drill, and for no other', () => {
    const recorded = readdirSync(`${PACK}/drills`).map((file) => file.replace(/\.json$/, ''));
    expect(recorded.sort()).toEqual(DRILLS.map(({ name }) => name).sort());
  });

  it.each(DRILLS.map(({ name }) => name))('%s says what it must', (name) => {
    const record = recordOf(name);
    const { title, happened, played, unsaid, guests, venue } = record;
    for (const words of [title, happened, played, ...(unsaid ? [unsaid] : [])]) {
      expect(words.ko).toMatch(/[가-힣]/);
      expect(words.en).toMatch(/[a-z]/);
      expect(words.en).not.toMatch(/[가-힣]/);
    }
    expect(sources).toContain(`\`${record.source}\``);
    expect(policy.venueKinds).toContain(venue.kind);
    expect(policy.regions).toContain(venue.region);
    expect(guests.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1);
    expect(guests.filter(({ must }) => must.verdicts.join() !== 'admit').length).toBeGreaterThan(0);
    for (const said of [record.notice, record.noticeThen, ...(record.besides ?? [])])
      if (said) expect(notice(policy, said)).not.toBeNull();
    // Where nothing is said, the record says why.
    expect(record.notice === null).toBe(unsaid !== undefined);
  });
});
