// Writes contracts/ from the schemas of packages/service/src/contracts: `node tools/contracts.mjs` after a build.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contractFiles } from '../packages/service/dist/contracts/publish.js';

const folder = fileURLToPath(new URL('../contracts/', import.meta.url));
const files = await contractFiles();
for (const [name, content] of files) {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
for (const found of await readdir(folder, { recursive: true })) {
  const name = found.replaceAll('\\', '/');
  if (name.endsWith('.json') && !files.has(name)) await rm(join(folder, found));
}
process.stderr.write(`contracts: ${files.size} files\n`);
