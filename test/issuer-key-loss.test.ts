import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fromBase64, toHex } from '@munjigi/core/encoding';
import { presentPass, readPassClaims } from '@munjigi/core/entry-pass';
import { issuePaperPass } from '@munjigi/core/entry-pass/issue';
import { decide, inspect } from '@munjigi/core/gate';
import type { Signer } from '@munjigi/core/signing';
import {
  compareBundles,
  compileTrust,
  type IssuerEntry,
  isUrgent,
  openBundle,
  openNow,
  openRoot,
} from '@munjigi/core/trust';
import { makePrivateKey, nodeCrypto, nodeSigner } from '@munjigi/service/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { HandoverFolder } from '../packages/service/src/api/handover.ts';
import { context, korea, NOON } from './support/packs.ts';
import { provenKeys, STORY_SECONDS, startTestService, type TestService } from './support/service.ts';

const crypto = nodeCrypto();

const open: TestService[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.remove();
});
const start = async (flags: Record<string, string | boolean>) => {
  const test = await startTestService({ flags });
  open.push(test);
  return test;
};
const published = async (test: TestService) => {
  const root = await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto);
  const { bundle } = await openBundle((await test.call('GET', '/api/authority/bundle')).bytes, root, crypto);
  const now = await openNow((await test.call('GET', '/api/authority/now')).bytes, root, crypto);
  return { root, bundle, now };
};

interface Wallet {
  readonly enrolment: string;
  nonce: string;
  pass: Uint8Array;
  signer: Signer;
}

describe('the loss of an issuer key, rehearsed', () => {
  const WALLETS = 14;

  it('ends its passes at every gate without grace, and wallets get new ones through the queue', async () => {
    const test = await start({ desks: 'issuer,authority' });
    const ask = async (wallet: { enrolment: string; nonce: string }) => {
      const keys = provenKeys(fromBase64(wallet.nonce), 3);
      const answer = await test.call('POST', '/api/issuer/batches', {
        ...wallet,
        keys: keys.map(({ key, proof }) => ({ key, proof })),
      });
      return { answer, signer: keys[0]!.signer };
    };
    /** As a wallet does: asks, waits for its place, asks again. */
    const receive = async (
      wallet: { enrolment: string; nonce: string },
      waited: () => void,
    ): Promise<Wallet> => {
      for (;;) {
        const { answer, signer } = await ask(wallet);
        if (answer.status === 200)
          return {
            enrolment: wallet.enrolment,
            nonce: answer.json.nonce,
            pass: fromBase64(answer.json.passes[0].pass),
            signer,
          };
        expect(answer.json.error).toBe('issuer.queue');
        waited();
        let place = { state: 'wait' };
        while (place.state === 'wait') {
          place = (
            await test.call('POST', '/api/issuer/queue', { enrolment: wallet.enrolment, work: 'passes' })
          ).json;
        }
      }
    };
    const enrol = async () => {
      const { json } = await test.call('POST', '/api/issuer/enrolments', {
        provider: 'demonstration',
        assertion: { person: 'haneul' },
      });
      return { enrolment: json.enrolment as string, nonce: json.nonce as string };
    };
    const wallets: Wallet[] = [];
    for (let i = 0; i < WALLETS; i++) wallets.push(await receive(await enrol(), () => {}));
    const before = await published(test);
    const kid = readPassClaims(wallets[0]!.pass).kid;
    const atTheDoor = async (wallet: Wallet, bundle: typeof before.bundle) => {
      const trust = compileTrust(bundle);
      const code = await presentPass(wallet.pass, wallet.signer, STORY_SECONDS, 0);
      const grace = { obligation: 'ended-passes-count', obligationUntil: STORY_SECONDS + 3600 };
      const instant = { seconds: STORY_SECONDS, uncertaintySeconds: 0 };
      return decide(await inspect(code, trust, crypto), trust, korea, context({ instant, ...grace }));
    };
    expect(await atTheDoor(wallets[0]!, before.bundle)).toMatchObject({ verdict: 'admit' });

    expect(
      (await test.call('POST', '/api/issuer/keys/withdraw', { kid: kid[0] })).status,
      'not by anybody',
    ).toBe(401);
    expect((await test.operate('POST', '/api/issuer/keys/withdraw', { kid: 999 })).status).toBe(404);
    const done = await test.operate('POST', '/api/issuer/keys/withdraw', { kid: kid[0] });
    expect(done.status).toBe(200);
    expect(done.json.signsNow).not.toBe(kid[0]);
    expect(
      existsSync(join(test.data, 'keys', 'issuer', `signing-${kid[0]}.key`)),
      'the private half is gone',
    ).toBe(false);
    await test.service.desks.authority!.refresh();

    const after = await published(test);
    expect(compareBundles(before.bundle, after.bundle, STORY_SECONDS), 'no new root is needed').toBe('take');
    expect(after.bundle.rootVersion).toBe(before.bundle.rootVersion);
    expect(
      [before, after].map(({ now }) => isUrgent(now)),
      'devices are told to hurry',
    ).toEqual([false, true]);
    for (const wallet of wallets) {
      const decision = await atTheDoor(wallet, after.bundle);
      expect(decision).toMatchObject({
        verdict: 'another-proof',
        reason: 'withdrawn',
        also: null,
        record: false,
      });
      expect(korea.text('ko', 'reason.withdrawn.headline', decision.parameters)).not.toBe('');
    }

    let waits = 0;
    const renewed = await Promise.all(
      wallets.map((wallet) =>
        receive({ enrolment: wallet.enrolment, nonce: wallet.nonce }, () => {
          waits += 1;
        }),
      ),
    );
    expect(waits, 'more came at once than there is room for').toBeGreaterThan(0);
    for (const wallet of renewed) {
      expect(toHex(readPassClaims(wallet.pass).kid)).not.toBe(toHex(kid));
      expect(await atTheDoor(wallet, after.bundle)).toMatchObject({ verdict: 'admit', reason: 'valid' });
    }
    expect(
      (await test.operate('POST', '/api/issuer/keys/withdraw', { kid: kid[0] })).status,
      'twice is no mistake',
    ).toBe(200);
  });
});

describe('the loss of more than half of all issuers', () => {
  const issuers = async (count: number, withdrawn = 0): Promise<IssuerEntry[]> => {
    const entries: IssuerEntry[] = [];
    for (let n = 1; n <= count; n++) {
      const signer = nodeSigner(makePrivateKey());
      const kid = Uint8Array.of(n);
      const terms = {
        handle: new Uint8Array(16),
        expiresAt: korea.calendar.startOf('2022-01-06'),
        admissionClass: 0,
        hint: 33,
      };
      entries.push({
        kid,
        issuer: `issuer ${n}`,
        publicKey: signer.publicKey,
        usage: 'pass',
        from: NOON - 86_400,
        until: NOON + 90 * 86_400,
        withdrawn: n <= withdrawn,
        canary: await issuePaperPass(terms, signer, kid),
      });
    }
    return entries;
  };

  it('is published under a new root where the shares are here, so that devices take it', async () => {
    const test = await start({ desks: 'authority' });
    const handover = new HandoverFolder(join(test.data, 'public'));
    const five = await issuers(5);
    await handover.write('issuer', five);
    expect(await test.service.desks.authority!.refresh()).toBe(true);
    const before = await published(test);

    await handover.write(
      'issuer',
      five.map((one, i) => ({ ...one, withdrawn: i < 2 })),
    );
    await test.service.desks.authority!.refresh();
    const two = await published(test);
    expect(two.bundle.rootVersion, 'two of five is no more than half').toBe(before.bundle.rootVersion);
    expect(compareBundles(before.bundle, two.bundle, NOON)).toBe('take');

    await handover.write(
      'issuer',
      five.map((one, i) => ({ ...one, withdrawn: i < 4 })),
    );
    await test.service.desks.authority!.refresh();
    const four = await published(test);
    expect(four.bundle.rootVersion).toBe(before.bundle.rootVersion + 1);
    expect(compareBundles(two.bundle, four.bundle, NOON)).toBe('take');
    expect(
      await openRoot((await test.call('GET', '/api/authority/root')).bytes, crypto, { root: before.root }),
    ).toEqual(four.root);
  });
});
