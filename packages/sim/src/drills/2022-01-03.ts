import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allShow } from './showing.ts';
import type { Drill } from './types.ts';

const MIDNIGHT = Date.parse('2022-01-03T00:00:00+09:00');
/** Requests to the mirror just after the change may be so many times those just before. */
const NO_HERD = 2;

/** A rule changes at midnight; phones do not know yet what their owners have. */
export const drill20220103: Drill = {
  name: '2022-01-03',
  async run(world) {
    const { record, folder, service, crowd, arrive, during, begins, note, complain, figure, noticing } =
      world;
    const secondsTo = (storyMs: number): number => (storyMs - service.storyMs()) / 1000;
    begins();
    await service.announce('validity-starts', 'confirmed');
    note('it is said before midnight what counts from midnight on');
    await during(
      'before midnight, until every gate shows it',
      (async () => {
        while (!(await allShow(crowd, 'validity-starts')())) await new Promise((go) => setTimeout(go, 500));
      })(),
    );
    if (secondsTo(MIDNIGHT) < 0) complain('the last gate showed it after midnight only');
    await arrive('before midnight', Math.max(1, secondsTo(MIDNIGHT) - 10));
    const calm = service.mirror.requests;
    await arrive('the last seconds', Math.max(1, secondsTo(MIDNIGHT)));
    const first = service.mirror.requests - calm;
    note('midnight: 180 days count from now on');
    await arrive('the first seconds', 10);
    const after = service.mirror.requests - calm - first;
    figure('requests to the mirror in ten seconds before · after midnight', `${first} · ${after}`);
    if (after > NO_HERD * first) complain('devices came to the mirror in a herd at midnight');
    const file = join(folder, 'late.csv');
    writeFileSync(file, `${record.evidence!.join('\n')}\n`);
    await service.munjigi('issue', 'import', file, '--provider', 'demonstration');
    note('evidence of the last days reaches the issuer');
    await crowd.renew();
    note('phones that were behind renew');
    await arrive('after', 15);
    noticing.stop();
  },
};
