import { openReceipt } from '@munjigi/core/chain';
import { fromBase64, toHex } from '@munjigi/core/encoding';
import { presentPass } from '@munjigi/core/entry-pass';
import { inspect } from '@munjigi/core/gate';
import { readLine } from '@munjigi/core/log';
import {
  type Bundle,
  compareBundles,
  compileTrust,
  openBundle,
  openRoot,
  type Root,
  registerKeyOf,
} from '@munjigi/core/trust';
import { nodeCrypto } from '@munjigi/service/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main as keysCommand } from '../packages/ops/src/keys/main.ts';
import { enrol, newVenue } from './support/register.ts';
import { RetentionWorld } from './support/retention-world.ts';
import { provenKeys } from './support/service.ts';
import { spoken } from './support/spoken.ts';

const crypto = nodeCrypto();

describe('every key is changed while the door is open', { timeout: 600_000 }, () => {
  let world: RetentionWorld;
  /** What a gate has fetched: its root, chained from the first one, and its bundle. */
  let held: { root: Root; bundle: Bundle };

  const rotate = (desk: string, key: string, ...more: string[]) =>
    spoken(() =>
      keysCommand(['rotate', '--desk', desk, '--key', key, '--data', world.data, ...more], world.nowMs()),
    );
  /** A gate fetches as devices do: the new root by the old one, the bundle by the root, never an older or a halved one. */
  const fetch = async (): Promise<void> => {
    const { authority } = world.service.desks;
    await authority!.refresh();
    const root = await openRoot(authority!.document('root')!, crypto, held ? { root: held.root } : {});
    const { bundle } = await openBundle(authority!.document('bundle')!, root, crypto, world.nowMs() / 1000);
    if (held) compareBundles(held.bundle, bundle, world.nowMs() / 1000);
    held = { root, bundle };
  };
  /** A gate uploads, and takes its receipt only by a key of the bundle that it has. Answers the key's id. */
  const upload = async (): Promise<string> => {
    world.gate.append(1, world.nowMs() / 1000);
    const answer = await world.service.desks.register!.ingest(
      await world.gate.batch(world.gate.head.counter),
    );
    expect(answer.results.map(({ result }) => result)).toEqual(['stored']);
    let kid = '';
    const known = registerKeyOf(held.bundle);
    await openReceipt(
      answer.receipt!,
      (id) => {
        kid = toHex(id);
        return known(id);
      },
      crypto,
    );
    return kid;
  };
  /** A guest's wallet gets a pass and shows it at a gate that has the bundle it has. Answers the issuer key's id. */
  const show = async (): Promise<string> => {
    const { enrolment, nonce } = world.enrolled();
    const [key] = provenKeys(fromBase64(nonce), 1);
    const { status, json } = await world.post('/api/issuer/batches', {
      enrolment,
      nonce,
      keys: [{ key: key!.key, proof: key!.proof }],
    });
    expect(status).toBe(200);
    world.nextNonce(json.nonce);
    const text = await presentPass(fromBase64(json.passes[0].pass), key!.signer, world.nowMs() / 1000, 0);
    const seen = await inspect(text, compileTrust(held.bundle), crypto);
    expect([seen.reason, seen.steps.signature, seen.steps.issuer]).toEqual([null, 'ok', 'ok']);
    return seen.keyId!;
  };
  const openDoor = async (): Promise<void> => {
    await upload();
    await show();
    const register = world.service.desks.register!;
    await enrol(register, await newVenue(register));
  };

  beforeAll(async () => {
    world = await RetentionWorld.inFolder();
    await fetch();
    await openDoor();
  }, 600_000);
  afterAll(() => world.stop());

  it('the receipt key: two stand in the bundle, and the new one signs when gates have it', async () => {
    const before = await upload();
    expect((await rotate('register', 'receipt')).code).toBe(0);
    expect(await upload()).toBe(before);
    await fetch();
    expect(held.bundle.registerKeys).toHaveLength(2);
    expect(await upload()).toBe(before);
    const early = await rotate('register', 'receipt');
    expect([early.code, early.stderr]).toEqual([1, expect.stringContaining('is there already')]);

    world.nextDay(2);
    const after = await upload();
    expect(after).not.toBe(before);
    // A receipt of the old key is still known again, by the register too.
    await fetch();
    expect(held.bundle.registerKeys.map(({ kid }) => toHex(kid))).toEqual([before, after]);
    await openDoor();

    expect((await rotate('register', 'receipt')).code).toBe(0);
    await fetch();
    const kids = held.bundle.registerKeys.map(({ kid }) => toHex(kid));
    expect(kids).toHaveLength(2);
    expect(kids[0]).toBe(after);
    await openDoor();
  });

  it('the issuing key: it stands in the bundle for a day before any pass is signed by it', async () => {
    const before = await show();
    expect((await rotate('issuer', 'issuing')).code).toBe(0);
    await fetch();
    expect(held.bundle.issuers.filter(({ usage }) => usage === 'pass')).toHaveLength(2);
    expect(await show()).toBe(before);
    world.nextDay(2);
    const after = await show();
    expect(after).not.toBe(before);
    await fetch();
    await openDoor();
    expect(held.bundle.issuers.map(({ kid }) => toHex(kid))).toContain(before);
  });

  it('the delegates, and the root itself: the next root is chained, and a gate that was away follows', async () => {
    const away = held;
    for (const key of ['delegate', 'root', 'delegate'] as const) {
      const { root } = held;
      expect((await rotate('authority', key)).code).toBe(0);
      await fetch();
      expect(held.root.version).toBe(root.version + 1);
      expect(
        held.root.delegates.some(({ publicKey }) =>
          root.delegates.some((old) => Buffer.compare(old.publicKey, publicKey) === 0),
        ),
      ).toBe(false);
      const kept = held.root.keys.filter((one) =>
        root.keys.some((old) => Buffer.compare(old, one) === 0),
      ).length;
      expect(kept).toBe(key === 'root' ? 0 : 3);
      await openDoor();
    }
    // Nothing is changed twice for one wish.
    const { version } = held.root;
    await fetch();
    expect(held.root.version).toBe(version);
    expect(away.root.version).toBe(version - 3);
  });

  it('the line key: lines of the new one are taken, and old ones still verify', async () => {
    const { authority } = world.service.desks;
    await rotate('register', 'receipt');
    world.nextDay(29);
    await world.endDays();
    const size = await authority!.log.store.size();
    expect((await rotate('register', 'line')).code).toBe(0);
    await world.stop();
    await world.start();
    await fetch();
    world.nextDay(1);
    const { desks } = await world.endDays();
    const register = desks.find(({ body }) => body === 'register')!;
    expect([register.destroyed.length, register.sent, register.waiting]).toEqual([1, 1, 0]);
    const log = world.service.desks.authority!.log;
    expect(await log.store.size()).toBeGreaterThan(size);
    const lines = (await log.store.lines(0, await log.store.size())).map(readLine);
    expect(lines.filter(({ body }) => body === 'register').length).toBeGreaterThan(1);
    await openDoor();
  });

  it('refuses a key that a desk does not have', async () => {
    expect((await rotate('register', 'root')).code).toBe(2);
    expect((await rotate('nobody', 'line')).code).toBe(2);
  });
});
