import { describe, expect, it } from 'vitest';
import { en } from '../texts/en.ts';
import { t } from '../texts/index.ts';
import { ko } from '../texts/ko.ts';
import { TICKS, tickAt, ticks } from './live-ticks.ts';
import { fit, outline, qr } from './qr.ts';
import { sentences } from './Sentences.tsx';

const FRAME = { width: 340, height: 340, perSide: 15, heavy: 1 };

describe('live mark', () => {
  it('stands at the same place on every phone: the second of the quarter minute, four steps each', () => {
    expect(tickAt(Date.UTC(2022, 0, 6, 4, 58, 0))).toBe(0);
    expect(tickAt(Date.UTC(2022, 0, 6, 4, 58, 11, 250))).toBe(45);
    expect(tickAt(Date.UTC(2022, 0, 6, 4, 58, 14, 999))).toBe(TICKS - 1);
    expect(tickAt(Date.UTC(2022, 0, 6, 4, 58, 15))).toBe(0);
    expect(tickAt(90_000, 180_000)).toBe(30);
  });

  it('shows no bead where nothing is live', () => {
    expect(ticks(FRAME, -1).every((tick) => tick.lit === 0)).toBe(true);
    expect(ticks(FRAME, 44).filter((tick) => tick.lit > 0)).toHaveLength(7);
    expect(ticks({ ...FRAME, perSide: 5 }, 44).filter((tick) => tick.lit > 0)).toHaveLength(4);
  });

  it('lights one whole side and walks nowhere for those who ask for little motion', () => {
    const lit = (at: number) => ticks(FRAME, at, true).flatMap((tick, k) => (tick.lit > 0 ? [k] : []));
    expect(lit(tickAt(4_000, 15_000, true))).toEqual(Array.from({ length: 15 }, (_, i) => 15 + i));
    expect(lit(tickAt(3_800, 15_000, true))).toEqual(lit(tickAt(7_400, 15_000, true)));
  });

  it('never reaches into the quiet zone: no tick is thicker than twelve units', () => {
    for (let at = 0; at < TICKS; at++) {
      for (const tick of ticks(FRAME, at)) expect(Math.min(tick.width, tick.height)).toBeLessThanOrEqual(16);
    }
  });
});

describe('codes', () => {
  const pass = `MJ1:${'A0B1C2D3E4'.repeat(32)}123456789`;

  it('draws a pass of 333 characters as version 9 at level L', () => {
    expect(pass).toHaveLength(333);
    expect(qr(pass).size).toBe(53);
    expect(qr(pass, 10).size).toBe(57);
  });

  it('keeps four modules of white on every side', () => {
    const xs = [...outline(qr('MJ1:TEST')).matchAll(/M(\d+) (\d+)h(\d+)/g)];
    const size = qr('MJ1:TEST').size;
    expect(Math.min(...xs.map((m) => Number(m[1])))).toBe(4);
    expect(Math.min(...xs.map((m) => Number(m[2])))).toBe(4);
    expect(Math.max(...xs.map((m) => Number(m[1]) + Number(m[3])))).toBe(4 + size);
  });

  it('gives every module the same whole number of canvas pixels on any screen', () => {
    for (const ratio of [1, 1.5, 2, 2.625, 3]) {
      for (const side of [180, 256, 310, 342, 420]) {
        const found = fit(61, side, ratio);
        expect(Number.isInteger(found.scale)).toBe(true);
        expect(found.canvasPixels).toBe(found.scale * 61);
        expect(found.cssPixels).toBeLessThanOrEqual(side);
        expect(found.cssPixels).toBeGreaterThan(side * 0.79);
      }
    }
  });
});

describe('texts', () => {
  it('says every sentence in both languages, with the same parameters', () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    expect(Object.keys(en).sort()).toEqual(Object.keys(ko).sort());
    for (const key of Object.keys(ko) as (keyof typeof ko)[])
      expect(names(en[key]), key).toEqual(names(ko[key]));
  });

  it('fills in parameters and leaves an unknown one visible', () => {
    expect(t('en', 'support', { number: 201 })).toBe('Munjigi 201');
    expect(t('ko', 'support')).toBe('문지기 {number}');
  });

  it('takes a text apart by sentences, not by every dot', () => {
    expect(sentences('평소처럼 찍으세요. 이 기기에 저장됩니다.')).toEqual([
      '평소처럼 찍으세요.',
      '이 기기에 저장됩니다.',
    ]);
    expect(sentences('The pass still applies. (14:05)')).toEqual(['The pass still applies.', '(14:05)']);
    expect(sentences('Staff may compare it with your ID. Please wait.')).toHaveLength(2);
    expect(sentences('안심콜 080-1234.5678 이나 명부')).toHaveLength(1);
  });
});
