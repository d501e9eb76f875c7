import { fileURLToPath } from 'node:url';
import { compilePolicy } from '@munjigi/core/rules';
import type { Now } from '@munjigi/core/trust';
import { readPackFolder } from '@munjigi/service/config';
import { describe, expect, it } from 'vitest';
import { noticeOf } from './notice.ts';

const policy = compilePolicy(
  readPackFolder(fileURLToPath(new URL('../../../../policies/kr-2022', import.meta.url))),
);
const AT = Date.parse('2022-01-06T14:05:00+09:00') / 1000;
const published = (notice: string | null): Now => ({
  version: 1,
  sequence: 2,
  issuedAt: AT,
  validFrom: AT,
  validUntil: AT + 86_400,
  notice,
  parameters: {},
  status: 'provisional',
  obligation: 'check-by-eye',
  bundle: { rootVersion: 1, sequence: 1, digest: new Uint8Array(32) },
  logHead: null,
});
const shown = (now: Now | null, cutOffSince: number | null = null, at = AT) =>
  noticeOf(policy, { now, cutOffSince }, at, 'ko');

describe('what a wallet says counts', () => {
  it('is nothing on a usual day, and the published sentence in its own time', () => {
    expect(shown(null)).toBeNull();
    expect(shown(published(null))).toBeNull();
    expect(shown(published('app-down'))).toMatchObject({
      headline: '내 QR은 정상입니다.',
      status: 'provisional',
      text: expect.stringContaining('(14:05 잠정)'),
    });
    expect(shown(published('app-down'), null, AT - 61)).toBeNull();
    expect(shown(published('app-down'), null, AT + 86_400)).toBeNull();
  });

  it('is its own word where it reaches nobody, after the published one', () => {
    expect(shown(published(null), AT - 120)).toMatchObject({
      headline: '내 QR은 그대로 쓸 수 있습니다.',
      status: 'confirmed',
    });
    expect(shown(published('app-down'), AT - 120)?.headline).toBe('내 QR은 정상입니다.');
    const over = Date.parse('2022-03-02T12:00:00+09:00') / 1000;
    expect(shown(null, over, over), 'where nothing is asked of anybody nothing is said').toBeNull();
  });
});
