import { createHmac } from 'node:crypto';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KeyFolder } from '@munjigi/service/crypto';

/**
 * A desk's key store without a disk: every secret is there, made from its name and the seed, so that nothing of the real machine is
 * waited for. Keys do not end here; that is tested on real folders.
 */
export class MemoryKeys implements KeyFolder {
  /** A folder in which no key has ended. */
  readonly path = dirname(fileURLToPath(import.meta.url));

  readonly #made = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, MemoryKeys>();

  constructor(private readonly name: string) {}

  async find(name: string): Promise<Uint8Array> {
    let made = this.#made.get(name);
    if (!made) {
      made = new Uint8Array(createHmac('sha256', this.name).update(name).digest());
      this.#made.set(name, made);
    }
    return made.slice();
  }

  secret(name: string): Promise<Uint8Array> {
    return this.find(name);
  }

  async names(): Promise<readonly string[]> {
    return [];
  }

  async destroy(): Promise<void> {}

  generation(): string {
    return '';
  }

  async renew(): Promise<void> {}

  async folder(name: string): Promise<KeyFolder> {
    let folder = this.#folders.get(name);
    if (!folder) {
      folder = new MemoryKeys(`${this.name}/${name}`);
      this.#folders.set(name, folder);
    }
    return folder;
  }
}
