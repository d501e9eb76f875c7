import { emptiedBundles, type Served } from './emptied.ts';
import type { Drill } from './types.ts';

/** Longer than the longest pause between two looks of a gate, in seconds. */
const EVERYBODY_LOOKS = 23;

/** The list of keys that devices are offered is empty. */
export const drillCh20211015: Drill = {
  name: 'ch-2021-10-15',
  async run({ service, crowd, arrive, begins, repaired, note, complain, figure, noticing }) {
    const { mirror, data } = service;
    const serve = ({ bundle, now }: Served): void => {
      mirror.instead.set('bundle.cose', bundle);
      mirror.instead.set('now.cose', now);
    };
    await arrive('before', 10);
    const good = (await crowd.report()).bundles;
    const { signed, stranger } = await emptiedBundles(data);
    begins();
    for (const [what, served] of [
      ['without one key, with the authority’s own signature', signed],
      ['without one key, signed by a stranger', stranger],
    ] as const) {
      serve(served);
      note(`the mirror serves a list ${what}`);
      await arrive(what, EVERYBODY_LOOKS);
      const { problems, bundles } = await crowd.report();
      figure(`a list ${what}: refused by`, problems.join(', ') || 'nobody');
      if (problems.length === 0) complain(`no gate refused a list ${what}`);
      if (bundles.some((sequence, i) => sequence !== good[i])) complain(`a gate took a list ${what}`);
    }
    mirror.instead.clear();
    note('the mirror serves the list that the authority published');
    noticing.stop();
    await repaired('after', 5, async () => (await crowd.report()).problems.length === 0);
  },
};
