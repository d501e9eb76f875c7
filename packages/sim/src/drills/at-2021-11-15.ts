import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drill } from './types.ts';

const HOUR = 3_600_000;
/** How old the newest signed word is in each phase, in hours; the last one lies beyond what the Austrian list bore. */
const AGES = [0.3, 25, 50, 150];
/** After the repair a word is younger than this, in seconds. */
const FRESH = 400;

/** The publisher stands still; what devices have grows old. */
export const drillAt20211115: Drill = {
  name: 'at-2021-11-15',
  async run({ record, service, crowd, arrive, begins, repaired, note, complain, figure, noticing }) {
    const { mirror, data } = service;
    await arrive('before', 10);
    for (const name of ['bundle.cose', 'now.cose'])
      mirror.instead.set(name, await readFile(join(data, 'mirror', name)));
    note('from here on nothing new is published');
    const stood = Date.parse(record.story);
    for (const hours of AGES) {
      // Until here the last word was young enough.
      if (hours === AGES[0]) begins();
      await service.playAt(stood + hours * HOUR);
      await crowd.look();
      note(`${hours} hours later`);
      await arrive(`${hours} hours on`, 10);
      const { ages } = await crowd.report();
      figure(`rules after ${hours} hours, as gates have it`, [...new Set(ages)].join(', '));
      if (hours > 24 && !ages.every((age) => age === 'ageing'))
        complain(`after ${hours} hours a gate does not say that its rules are ageing`);
    }
    mirror.instead.clear();
    note('the publisher works again');
    noticing.stop();
    await repaired('after', 5, async () => (await crowd.report()).wordAges.every((age) => age < FRESH));
  },
};
