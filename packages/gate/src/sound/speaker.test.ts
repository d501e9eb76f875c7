import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { REASONS } from '@munjigi/core/reasons';
import { describe, expect, it } from 'vitest';
import lines from './lines.json' with { type: 'json' };
import { lineOf } from './speaker.ts';

const clip = (language: string, name: string): string =>
  fileURLToPath(new URL(`../../public/voice/${language}/${name}.mp3`, import.meta.url));

describe('spoken lines', () => {
  it('has every clip in both languages, small enough for the cache', () => {
    let total = 0;
    for (const language of ['ko', 'en'])
      for (const name of Object.keys(lines)) {
        expect(existsSync(clip(language, name)), `${language}/${name}: run tools/voice/make.mjs`).toBe(true);
        total += statSync(clip(language, name)).size;
      }
    expect(total).toBeLessThan(300_000);
  });

  it('names only reasons that exist, each once', () => {
    const named = Object.values(lines).flatMap((line) => line.reasons);
    expect(named.filter((reason) => !(reason in REASONS))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
  });

  it('says the same for every kind of admit by a code', () => {
    expect(['ok', 'valid', 'valid-extended', 'check-only'].map(lineOf)).toEqual(Array(4).fill('all-set'));
  });

  it('never lets the device speak where staff speak themselves', () => {
    for (const reason of ['seen-by-eye', 'seen-age', 'alone', 'verbal', 'none', 'clock-visitor', 'not-saved'])
      expect(lineOf(reason), reason).toBeNull();
  });
});
