import { appendFileSync } from 'node:fs';
import { toHex } from '@munjigi/core/encoding';
import { openKeyFolder } from '@munjigi/service/crypto';
import { endThrough } from '@munjigi/service/keys';
import { voiceOf } from '@munjigi/service/retention';

/**
 * Ends the days of a key store up to one, and is killed at its n-th step: FOLDER DAY N LOG. The log is a file that takes
 * every line, known or not.
 */
const [folder, day, wanted, log] = process.argv.slice(2) as [string, string, string, string];
const keys = await openKeyFolder(folder);
let step = 0;
await endThrough(
  {
    keys,
    lines: await voiceOf('register', keys),
    log: { append: async (line) => appendFileSync(log, `${toHex(line)}\n`) },
    // Another moment each time: a line that was signed before keeps its own.
    at: 1_700_000_000 + Number(wanted),
    onStep: () => {
      step += 1;
      if (step === Number(wanted)) process.kill(process.pid, 'SIGKILL');
    },
  },
  day,
  '2022-02-03',
);
