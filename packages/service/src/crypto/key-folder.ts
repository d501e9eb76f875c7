import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { access, link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
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
  /**
   * Ends a secret: overwritten, unlinked, read back that it is gone, and dropped from memory, here and in every other
   * process that has this folder open. Nothing happens where it is gone already.
   */
  destroy(name: string): Promise<void>;
  /** A word that changes whenever something ended here, or `renew` was called: what is held in memory is then read again. */
  generation(): string;
  /** Tells every process that has this folder open to read it again. */
  renew(): Promise<void>;
  /** A folder inside this one. */
  folder(name: string): Promise<KeyFolder>;
}

const SUFFIX = '.key';
/** A key that is being destroyed. */
const ENDING = '.ending';
/** Written anew whenever a key ends: what other processes hold in memory counts only while it is the same. */
const GENERATION = 'generation';

/** Opens a key store, making the folder where there is none. Names are plain words; no path leads out of the folder. */
export async function openKeyFolder(path: string): Promise<KeyFolder> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (const file of await readdir(path)) if (file.endsWith(ENDING)) await erase(path, join(path, file));
  const fileOf = (name: string): string => {
    if (!/^[a-z0-9-]+$/.test(name)) throw new Error('A key is named with small letters, digits and hyphens.');
    return join(path, name + SUFFIX);
  };
  const held = new Map<string, Uint8Array>();
  const marker = join(path, GENERATION);
  let heldAt = '';

  const generation = (): string => {
    const found = statSync(marker, { bigint: true, throwIfNoEntry: false });
    return found === undefined ? '' : `${found.ino} ${found.mtimeNs}`;
  };
  /** What is held counts as long as nothing ended here since. */
  const current = (): Map<string, Uint8Array> => {
    const now = generation();
    if (now !== heldAt) {
      held.clear();
      heldAt = now;
    }
    return held;
  };
  const renew = async (): Promise<void> => {
    await writeWhole(marker, `${randomBytes(12).toString('hex')}\n`, 0o600);
    current();
  };

  const find = async (name: string): Promise<Uint8Array | null> => {
    const known = current().get(name);
    if (known) return known;
    const before = heldAt;
    try {
      const text = (await readFile(fileOf(name), 'utf8')).trim();
      const bytes = new Uint8Array(Buffer.from(text, 'base64url'));
      if (current() && heldAt === before) held.set(name, bytes);
      return bytes;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  };

  return {
    path,
    find,
    generation,
    renew,
    async secret(name, make) {
      for (;;) {
        const known = await find(name);
        if (known) return known;
        const bytes = make();
        const made = await writeFirst(fileOf(name), `${Buffer.from(bytes).toString('base64url')}\n`);
        if (!made) continue;
        // Rows will be sealed with it and entries receipted: its name has to survive a power cut as they do.
        await flushFolder(path);
        current().set(name, bytes);
        return bytes;
      }
    },
    async names() {
      const files = await readdir(path);
      return files
        .filter((file) => file.endsWith(SUFFIX))
        .map((file) => file.slice(0, -SUFFIX.length))
        .sort();
    },
    async destroy(name) {
      const file = fileOf(name);
      // First nobody finds it by its name, then it leaves every memory, then the disk. Who dies in between has it ended by
      // whoever opens the folder next.
      try {
        await rename(file, file + ENDING);
      } catch (error) {
        return ifGone(error as NodeJS.ErrnoException);
      }
      await renew();
      await erase(path, file + ENDING);
      if (await isThere(file)) throw new Error('A key that was destroyed is still in its store.');
    },
    folder: (name) => openKeyFolder(join(path, name)),
  };
}

const ifGone = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};

const isThere = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/**
 * Writes other bytes over a file, to the disk; nothing where there is none. A disk that never writes twice to one place may
 * keep the old bytes beneath: key stores stand on a volume that is encrypted under a key of its own (decision 9).
 */
async function overwrite(file: string): Promise<void> {
  const open_ = await open(file, 'r+').catch(ifGone);
  if (!open_) return;
  try {
    const { size } = await open_.stat();
    await open_.write(randomBytes(Math.max(1, size)), 0, undefined, 0);
    await open_.sync();
  } finally {
    await open_.close();
  }
}

async function erase(folder: string, file: string): Promise<void> {
  await overwrite(file);
  await unlink(file).catch(ifGone);
  await flushFolder(folder);
}

/** Flushes a folder's own list of names, where the platform can. */
export async function flushFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
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
export async function writeFirst(path: string, content: string): Promise<boolean> {
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
