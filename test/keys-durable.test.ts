import { linkSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { openKeyFolder } from '@munjigi/service/crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { tempFolder } from './support/databases.ts';

type Sync = FileHandle['sync'];
let giveBack = () => {};
afterEach(() => giveBack());

/** Tells the path of everything that is flushed from here on. */
async function onFlush(told: (path: string) => void, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const handle = await open(folder, 'r');
  const files = Object.getPrototypeOf(handle) as { sync: Sync };
  await handle.close();
  const genuine = files.sync;
  files.sync = async function (this: FileHandle) {
    told(readlinkSync(`/proc/self/fd/${this.fd}`));
    return genuine.call(this);
  };
  giveBack = () => {
    files.sync = genuine;
  };
}

describe.skipIf(process.platform !== 'linux')('a key store when the power or the process goes', () => {
  it('has a new key by name on the disk before anything is sealed with it', async () => {
    const path = join(tempFolder('durable'), 'days');
    const keys = await openKeyFolder(path);
    const flushed: string[] = [];
    await onFlush((one) => flushed.push(one), path);
    await keys.secret('layer-2022-01-06', () => new Uint8Array(32));
    expect(flushed.at(-1)).toBe(path);
    expect(flushed.length).toBe(2);
  });

  it('leaves no key in the memory of another process, though the one that destroyed it died before it could say so', async () => {
    const path = join(tempFolder('durable'), 'days');
    const [one, other] = [await openKeyFolder(path), await openKeyFolder(path)];
    await one.secret('layer-2022-01-06', () => new Uint8Array(32));
    expect(await other.find('layer-2022-01-06')).not.toBeNull();
    await onFlush((flushed) => {
      if (flushed === path) throw new Error('killed here');
    }, path);
    await expect(one.destroy('layer-2022-01-06')).rejects.toThrow('killed here');
    giveBack();
    expect(await other.find('layer-2022-01-06')).toBeNull();
    expect(await other.names()).toEqual([]);
  });

  it('ends what another process had begun to destroy', async () => {
    const path = join(tempFolder('durable'), 'days');
    const one = await openKeyFolder(path);
    await one.secret('layer-2022-01-06', () => new Uint8Array(32));
    const keep = join(tempFolder('durable'), 'same-file');
    linkSync(join(path, 'layer-2022-01-06.key'), keep);
    const before = readFileSync(keep);
    await onFlush((flushed) => {
      if (flushed.endsWith('.ending')) throw new Error('killed here');
    }, path);
    await expect(one.destroy('layer-2022-01-06')).rejects.toThrow('killed here');
    giveBack();
    writeFileSync(keep, before);
    await openKeyFolder(path);
    expect(readFileSync(keep).equals(before)).toBe(false);
    expect(readdirSync(path)).toEqual(['generation']);
  });
});
