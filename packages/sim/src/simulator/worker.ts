/** One process of a range: runs the seeds that it is asked for, one after the other, until nobody asks any more. */

import type { Asked } from './range.ts';
import { runSeed } from './run.ts';
import { bigger } from './world/plan.ts';

process.on('message', ({ seed, plant, big, past }: Asked) => {
  void runSeed({ seed, plant, past, ...(big ? { change: bigger } : {}) }).then((result) =>
    process.send!(result),
  );
});
