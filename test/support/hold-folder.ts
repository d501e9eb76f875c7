import { openTestEmbedded } from './databases.ts';

/** Opens an embedded folder, says so, and keeps it until it is killed. */
export async function main([folder]: readonly string[]): Promise<void> {
  await openTestEmbedded(folder!);
  process.stdout.write('open\n');
  setInterval(() => {}, 60_000);
}
