import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A desk's key store: one small file for each secret, in a folder of mode 0700 that stands outside the database and
 * outside every backup, so that deleting a file ends what it could open.
 */
export interface KeyFolder {
  readonly path: string;
  /** The secret of that name; made once by `make` and kept where there is none yet. */
  secret(name: string, make: () => Uint8Array): Promise<Uint8Array>;
  /** The secret of that name, or null. */
  find(name: string): Promise<Uint8Array | null>;
  names(): Promise<readonly string[]>;
  destroy(name: string): Promise<void>;
  /** A folder inside this one. */
  folder(name: string): Promise<KeyFolder>;
}

const SUFFIX = '.key';

/** Opens a key store, making the folder where there is none. Names are plain words; no path leads out of the folder. */
export async function openKeyFolder(path: string): Promise<KeyFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const fileOf = (name: string): string => {
    if (!/^[a-z0-9-]+$/.test(name)) throw new Error('A key is named with small letters, digits and hyphens.');
    return join(path, name + SUFFIX);
  };
  const held = new Map<string, Uint8Array>();

  const find = async (name: string): Promise<Uint8Array | null> => {
    const known = held.get(name);
    if (known) return known;
    try {
      const text = (await readFile(fileOf(name), 'utf8')).trim();
      const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
      held.set(name, bytes);
      return bytes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };

  return {
    path,
    find,
    async secret(name, make) {
      const known = await find(name);
      if (known) return known;
      const bytes = make();
      const made = await writeFirst(fileOf(name), `${Buffer.from(bytes).toString('base64url')}\n`);
      if (!made) return (await find(name))!;
      held.set(name, bytes);
      return bytes;
    },
    async names() {
      const files = await readdir(path);
      return files
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length))
        .sort();
    },
    async destroy(name) {
      held.delete(name);
      await unlink(fileOf(name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },
    folder: (name) => openKeyFolder(join(path, name)),
  };
}

async function writeBeside(path: string, content: string | Uint8Array, mode: number): Promise<string> {
  const beside = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(beside, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return beside;
}

/** Writes a file whole or not at all: to a name beside it, flushed, then put in place. Readers never see half of it. */
export async function writeWhole(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  await rename(await writeBeside(path, content, mode), path);
}

/** Writes a secret where there is none yet; false where another process was first, whose secret then stands. */
async function writeFirst(path: string, content: string): Promise<boolean> {
  const beside = await writeBeside(path, content, 0o600);
  try {
    await link(beside, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(beside);
  }
}
