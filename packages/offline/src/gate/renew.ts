import { genesis } from '@munjigi/core/chain';
import { openSuccessor, parseSuccessor, signSuccessor } from '@munjigi/core/delegation';
import { equalBytes, sha256, toBase64url, toHex } from '@munjigi/core/encoding';
import { possessionBytes } from '@munjigi/core/entry-pass';
import { isMunjigiError } from '@munjigi/core/errors';
import { type Crypto, compressPoint, keyThumbprint } from '@munjigi/core/signing';
import type { GateIdentity } from '../outbox/types.ts';
import { type DeviceKey, deviceSigner, makeDeviceKey } from '../storage/device-key.ts';
import type { RegisterTransport } from '../sync/register-transport.ts';
import type { GateStore } from './gate-store.ts';
import { introduction } from './join.ts';

/** A device makes no second new key within this time: what it wrote meanwhile stays on its chain, as a branch. */
const SECONDS_BETWEEN = 3600;
const MOST_RACES = 50;

/**
 * Gives this device a new key and a new chain, certified by the old key for the place where its branch ends. Needs no network:
 * the certificate waits with the new chain. The old chain stays as it is until the register has it and holds it safely.
 * Null where there is nothing to renew, or where the last key is young and still unknown to the register.
 * @param now corrected seconds, or the device's own where none are trusted
 */
export async function renewKey(store: GateStore, now: number): Promise<GateIdentity | null> {
  const at = Math.max(0, Math.floor(now));
  for (let race = 0; race < MOST_RACES; race++) {
    const old = await store.current();
    const [identity, key] = [await old.identity(), await old.key()];
    if (!identity || !key) return null;
    const before = identity.succeeds;
    if (before && (!before.shown || Math.abs(at - before.at) < SECONDS_BETWEEN)) return null;
    const head = await old.head();
    const { venueId } = identity;
    const next = await makeDeviceKey();
    const signed = await signSuccessor(
      {
        venueId,
        head: head ?? { counter: 0, hash: genesis(identity.thumbprint, venueId) },
        gateKey: compressPoint(next.publicKey),
        at,
      },
      deviceSigner(key),
    );
    const thumbprint = keyThumbprint(next.publicKey);
    const { delegation: _, ...kept } = identity;
    const renewed: GateIdentity = {
      ...kept,
      gateNo: 0,
      // A copy of an owner's device must not let others in: the owner gives the role again, by a code.
      role: 'gate',
      publicKey: next.publicKey,
      thumbprint,
      succeeds: {
        signed,
        at,
        shown: false,
        device: before?.device ?? identity.thumbprint,
        wasOwner: identity.role === 'owner' || before?.wasOwner === true,
      },
    };
    if (await store.renew(old, head, { chain: toHex(thumbprint), key: next, identity: renewed }))
      return renewed;
  }
  return null;
}

/** True where the register shows a successor that our own key signed, for a key that is none of this device's: it was copied. */
export async function isCopied(
  identity: GateIdentity,
  successor: Uint8Array,
  crypto: Crypto,
): Promise<boolean> {
  try {
    const { gateKey } = await openSuccessor(successor, identity.publicKey, crypto);
    return !equalBytes(gateKey, compressPoint(identity.publicKey));
  } catch (error) {
    if (isMunjigiError(error)) return false;
    throw error;
  }
}

/** What the register is shown of a new key, with the proof that this device has it. */
export async function succession(
  key: DeviceKey,
  signed: Uint8Array,
): Promise<{ successor: string; proof: string }> {
  const proof = await deviceSigner(key).sign(possessionBytes(sha256(signed), compressPoint(key.publicKey)));
  return { successor: toBase64url(signed), proof: toBase64url(proof) };
}

/**
 * Shows the register by what this device's keys came to be, as far as it has not seen it: the delegation of the first, then each
 * successor, oldest first, up to the named chain. May be repeated at any point; the register answers as before.
 */
export async function introduceChains(
  store: GateStore,
  transport: RegisterTransport,
  upTo: string,
  onSeen: (unconfirmed: string | null) => void = () => {},
): Promise<void> {
  for (const chain of await store.chains()) {
    const [identity, key] = [await chain.identity(), await chain.key()];
    if (!identity || !key) return;
    if (identity.delegation && transport.introduce) {
      const { delegation, ...rest } = identity;
      const { gateNo, unconfirmed } = await transport.introduce(await introduction(key, delegation.signed));
      await chain.enrol({ ...rest, gateNo });
      onSeen(unconfirmed);
    }
    if (identity.succeeds && !identity.succeeds.shown && transport.succeed) {
      const { signed } = identity.succeeds;
      const { gateNo, unconfirmed } = await transport.succeed(
        parseSuccessor(signed).gate,
        await succession(key, signed),
      );
      await chain.enrol({ ...identity, gateNo, succeeds: { ...identity.succeeds, shown: true } });
      onSeen(unconfirmed);
    }
    if (chain.chain === upTo) return;
  }
}
