import { openTestEmbedded } from './databases.ts';

/** Opens an embedded folder, says so, and keeps it until it is killed. */
await openTestEmbedded(process.argv[2]!);
process.stdout.write('open\n');
setInterval(() => {}, 60_000);
