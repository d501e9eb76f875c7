import { describe, expect, it } from 'vitest';
import { AT, file, json, ordinary, point, run } from '../../test/check-harness.ts';

describe('munjigi check, trust bundles', () => {
  it('reads a bundle that somebody vouches for, and one that must verify under its root', async () => {
    const { root, bundle } = await signedDocuments();
    const args = ['--at', AT, file(ordinary.text)];
    const alone = await json(['--trust', file(bundle), ...args]);
    expect(alone.results).toMatchObject([{ verdict: 'admit', keyId: '01', steps: { revocation: 'ok' } }]);
    const under = await json(['--trust', file(root), '--trust', file(bundle), ...args]);
    expect(under.results).toMatchObject([{ verdict: 'admit' }]);
    const other = await signedDocuments();
    const wrong = await run(['--trust', file(other.root), '--trust', file(bundle), ...args]);
    expect([wrong.code, wrong.out]).toEqual([2, '']);
    expect(wrong.err).toMatch(/--trust/);
  });

  async function signedDocuments(): Promise<{ root: Uint8Array; bundle: Uint8Array }> {
    const { makePrivateKey, nodeSigner } = await import('@munjigi/service/crypto');
    const { signBundle, signRoot } = await import('@munjigi/core/trust/publish');
    const [rootKey, delegate] = [nodeSigner(makePrivateKey()), nodeSigner(makePrivateKey())];
    const at = 1641430800;
    const week = 7 * 86_400;
    const root = await signRoot(
      {
        version: 1,
        threshold: 1,
        keys: [rootKey.publicKey],
        delegates: [{ publicKey: delegate.publicKey, from: at - week, until: at + week }],
        issuedAt: at - week,
      },
      [rootKey],
    );
    const bundle = await signBundle(
      {
        version: 1,
        rootVersion: 1,
        sequence: 1,
        issuedAt: at - 60,
        expiresAt: at + week,
        issuers: [
          {
            kid: Uint8Array.of(1),
            issuer: 'vectors',
            publicKey: new Uint8Array(point),
            usage: 'pass',
            from: at - week,
            until: at + week,
            withdrawn: false,
            canary: ordinary.text,
          },
        ],
        foreign: [],
        withdrawn: {},
        dayKeys: [],
        registerKeys: [],
        endpoints: { register: [], mirrors: [] },
        pack: { timeZone: 'Asia/Seoul' },
        logHead: null,
      },
      delegate,
    );
    return { root, bundle };
  }
});
