import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, fromBase64, toBase64url } from '@munjigi/core/encoding';
import { lintPass, possessionBytes, readPassClaims } from '@munjigi/core/entry-pass';
import { compressPoint, type Signer } from '@munjigi/core/signing';
import type { PassGrid } from '@munjigi/core/trust';
import { makePrivateKey, nodeSigner, writeWhole } from '@munjigi/service/crypto';
import { callDesk, type Reach } from './call.ts';
import { Trouble } from './seen.ts';

/** A pass with the key that shows it. */
export interface CanaryPass {
  readonly pass: Uint8Array;
  readonly holder: Signer;
}

interface KeptPass {
  readonly pass: string;
  readonly key: string;
}

/** So many are kept: with the newest of them a canary goes on for a week without its issuer. */
const KEPT = 4;

/** The specimen's passes of one door: a new one with every look, so that issuing is looked at too. */
export class Passes {
  #kept: readonly KeptPass[] = [];
  #nonce: string | null = null;

  private constructor(
    private readonly file: string,
    private readonly enrolment: string,
    private readonly address: string,
  ) {}

  /** @param address of the issuer's desk, such as https://entry.example/api/issuer */
  static async open(folder: string, enrolment: string, address: string): Promise<Passes> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const passes = new Passes(join(folder, 'passes.json'), enrolment, address);
    const text = await readFile(passes.file, 'utf8').catch(() => '[]');
    passes.#kept = JSON.parse(text) as KeptPass[];
    return passes;
  }

  /** The newest pass, whatever its age: an ended one still shows whether a gate can judge. Null where there was never one. */
  newest(): CanaryPass | null {
    const newest = this.#kept.at(-1);
    return newest ? { pass: fromBase64(newest.pass), holder: nodeSigner(fromBase64(newest.key)) } : null;
  }

  /** Has one pass issued and keeps it. Throws `Trouble`. */
  async issue(reach: Reach, grid: PassGrid | null): Promise<void> {
    const key = makePrivateKey();
    const holder = nodeSigner(key);
    const answer = await this.#batch(holder, reach);
    this.#nonce = answer.nonce;
    const pass = fromBase64(answer.passes[0]?.pass ?? '');
    if (lintPass(pass, grid).length > 0) throw new Trouble('pass.claims');
    const { holderKey } = readPassClaims(pass);
    if (!holderKey || !equalBytes(holderKey, compressPoint(holder.publicKey))) throw new Trouble('pass.key');
    this.#kept = [...this.#kept, { pass: toBase64url(pass), key: toBase64url(key) }].slice(-KEPT);
    await writeWhole(this.file, JSON.stringify(this.#kept), 0o600);
  }

  /** One batch of one; where the last answer was lost, its nonce is asked for again. */
  async #batch(holder: Signer, reach: Reach, again = true): Promise<Issued> {
    const nonce = this.#nonce ?? (await this.#newNonce(reach));
    const key = compressPoint(holder.publicKey);
    const proof = await holder.sign(possessionBytes(fromBase64(nonce), key));
    this.#nonce = null;
    try {
      return await callDesk<Issued>(
        `${this.address}/batches`,
        {
          enrolment: this.enrolment,
          nonce,
          keys: [{ key: toBase64url(key), proof: toBase64url(proof) }],
        },
        reach,
      );
    } catch (error) {
      if (again && error instanceof Trouble && error.code === 'issuer.nonce')
        return this.#batch(holder, reach, false);
      throw error;
    }
  }

  /**
   * Enrols anew at the public's own door, so that the next pass is a newcomer's. False where the issuer is of a version that does not
   * know newcomers among canaries. Throws `Trouble`.
   */
  async enrolAnew(reach: Reach): Promise<boolean> {
    try {
      const sent = { provider: 'specimen', assertion: { signIn: this.enrolment } };
      this.#nonce = (await callDesk<{ nonce: string }>(`${this.address}/enrolments`, sent, reach)).nonce;
      return true;
    } catch (error) {
      if (error instanceof Trouble && error.code === 'issuer.person-unknown') return false;
      throw error;
    }
  }

  async #newNonce(reach: Reach): Promise<string> {
    const { enrolment } = this;
    return (await callDesk<{ nonce: string }>(`${this.address}/nonces`, { enrolment }, reach)).nonce;
  }
}

interface Issued {
  readonly passes: readonly { readonly pass: string }[];
  readonly nonce: string;
}
