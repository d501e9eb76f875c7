import { sha256, utf8Encode } from '@munjigi/core/encoding';
import { compactHead, cosignHead, encodeCosigned, type LogHead, signHead } from '@munjigi/core/log';
import type { Bundle, Now } from '@munjigi/core/trust';
import { describe, expect, it } from 'vitest';
import { crypto, testKey } from '../../../core/test/test-keys.ts';
import { bundle as plain, now as plainNow } from '../../../core/test/trust-fixtures.ts';
import { type KeptLog, sightOf, watchLog } from './log-watch.ts';

const [log, register, issuer] = ['log', 'register line', 'issuer line'].map((name) =>
  testKey(`mj1 test ${name}`),
) as [ReturnType<typeof testKey>, ReturnType<typeof testKey>, ReturnType<typeof testKey>];
const AT = 1_641_445_080;
const headOf = (size: number, story = '', at = AT + size): LogHead => ({
  origin: 'test log',
  size,
  root: sha256(utf8Encode(`${story} ${size}`)),
  at,
});
const cosigned = async (head: LogHead, signers = [register, issuer]) => ({
  head: await signHead(head, log),
  cosignatures: await Promise.all(signers.map((signer) => cosignHead(head, signer))),
});

/** A bundle that carries a head, and a now that speaks of one. */
async function documents(
  inBundle: LogHead | null,
  inNow: LogHead | null = inBundle,
  signers?: (typeof register)[],
) {
  const signed = inBundle ? await cosigned(inBundle, signers) : { head: null, cosignatures: [] };
  const bundle: Bundle = {
    ...plain,
    logHead: inBundle && compactHead(inBundle),
    parts: {
      bodies: new Map([
        ['register', [register.publicKey]],
        ['issuer', [issuer.publicKey]],
      ]),
      log: { origin: 'test log', key: log.publicKey, ...signed },
    },
  };
  const now: Now = { ...plainNow, logHead: inNow && compactHead(inNow) };
  return { bundle, now };
}
const none = async () => null;
const look = async (kept: KeptLog | null, head: LogHead | null, inNow = head) =>
  watchLog(kept, await documents(head, inNow), none, crypto);

describe('the public log as a device sees it', () => {
  it('is followed from head to head, and read back after a restart', async () => {
    const first = await look(null, headOf(3));
    expect(first.sight).toEqual({ head: headOf(3), alarm: null });
    const second = await look(first.kept, headOf(8));
    expect(second.sight).toEqual({ head: headOf(8), alarm: null });
    // An older bundle of a slow mirror takes nothing back, and says nothing bad of anyone.
    const third = await look(second.kept, headOf(3));
    expect(third.sight).toEqual({ head: headOf(8), alarm: null });
    expect(await sightOf(third.kept, (await documents(null)).bundle, crypto)).toEqual(third.sight);
  });

  it('is not followed to a head that fewer than two other bodies signed', async () => {
    for (const signers of [[], [register], [register, register], [register, log]]) {
      const { sight } = await watchLog(null, await documents(headOf(3), null, signers), none, crypto);
      expect(sight).toEqual({ head: null, alarm: null });
    }
  });

  it.each<[string, LogHead, LogHead | null]>([
    ['fork', headOf(5, 'another story'), null],
    ['rollback', headOf(2, '', AT + 100), null],
    ['fork', headOf(5), headOf(5, 'another story')],
    ['rollback', headOf(5), headOf(4, '', AT + 100)],
  ])('shows a %s, whether in the bundle or in now, and goes on saying so', async (alarm, inBundle, inNow) => {
    const before = await look(null, headOf(5));
    const after = await look(before.kept, inBundle, inNow ?? inBundle);
    expect(after.sight).toEqual({ head: headOf(5), alarm });
    const later = await look(after.kept, headOf(9));
    expect(later.sight).toEqual({ head: headOf(9), alarm });
    const restarted = await sightOf(later.kept, (await documents(null)).bundle, crypto);
    expect(restarted.alarm).toBe(alarm);
  });

  it('begins anew under a new root', async () => {
    const before = await look(null, headOf(5));
    const { bundle, now } = await documents(headOf(5, 'another story'));
    const { sight } = await watchLog(
      before.kept,
      { bundle: { ...bundle, rootVersion: 2 }, now },
      none,
      crypto,
    );
    expect(sight).toEqual({ head: headOf(5, 'another story'), alarm: null });
  });

  it('asks a mirror for the head that now speaks of, only where it is newer, and takes it with two signatures', async () => {
    let asked = 0;
    const mirror = (bytes: Uint8Array | null) => async () => {
      asked += 1;
      return bytes;
    };
    const first = await watchLog(null, await documents(headOf(3)), mirror(null), crypto);
    expect(asked).toBe(0);
    const newer = encodeCosigned(await cosigned(headOf(7)));
    const second = await watchLog(first.kept, await documents(headOf(3), headOf(7)), mirror(newer), crypto);
    expect([asked, second.sight.head?.size]).toEqual([1, 7]);
    for (const bad of [utf8Encode('no head'), encodeCosigned(await cosigned(headOf(9), [issuer]))]) {
      const third = await watchLog(second.kept, await documents(headOf(3), headOf(9)), mirror(bad), crypto);
      expect(third.sight).toEqual({ head: headOf(7), alarm: null });
    }
  });

  it('is nothing where the bundle knows of no log', async () => {
    const { kept, sight } = await watchLog(null, { bundle: plain, now: plainNow }, none, crypto);
    expect([kept, sight]).toEqual([null, { head: null, alarm: null }]);
  });
});
