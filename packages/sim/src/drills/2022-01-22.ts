import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IdentityProvider, startIdentityProvider } from '../stage/index.ts';
import { figureOf } from './issuing-figures.ts';
import type { Drill } from './types.ts';
import { UnderWay } from './under-way.ts';

const WALLETS = 40;
const OVER_SECONDS = 15;

/** One identity provider of two is gone: people sign in at it for their first passes. */
function identityProviderGone(): Drill {
  const providers: IdentityProvider[] = [];
  return {
    name: '2022-01-22',
    async setUp({ folder, atEnd }) {
      for (const name of ['one', 'other']) {
        const provider = await startIdentityProvider(name);
        atEnd(() => provider.close());
        providers.push(provider);
      }
      const file = join(folder, 'providers.json');
      writeFileSync(file, JSON.stringify(providers.map(({ settings }) => settings)));
      return { flags: ['--providers', file] };
    },
    async run(world) {
      const { record, service, arrive, begins, repaired, noticing, note, complain, wallets } = world;
      const issuer = `http://127.0.0.1:${service.balancer.port}/api/issuer`;
      const [gone] = providers;
      const people = await wallets();
      await people.prepare(issuer, WALLETS, record.guests[0]!.people);
      await arrive('before', 10);
      begins();
      gone!.up = false;
      note('one identity provider of two answers nobody');
      const common = { issuer, wallets: WALLETS, overSeconds: OVER_SECONDS, people: [], passesEach: 10 };
      const atTheOne = new UnderWay(
        people.fetch({ ...common, work: 'first', provider: 'one', patienceSeconds: 120 }),
      );
      const others = new UnderWay(
        Promise.all([
          people.fetch({ ...common, work: 'first', provider: 'other', patienceSeconds: 5 }),
          people.fetch({ ...common, work: 'renewal', patienceSeconds: 5 }),
        ]),
      );
      await arrive('the provider is away', OVER_SECONDS + 10);
      if (!others.isOver)
        complain('people of the other provider, or renewals, waited for the one that was gone');
      gone!.up = true;
      note('the provider answers again');
      noticing.stop();
      await repaired('after', 8, () => atTheOne.isOver);
      const [first, renewal] = await others.result;
      figureOf(world, 'first passes, the provider that was gone', await atTheOne.result);
      figureOf(world, 'first passes, the other provider', first);
      figureOf(world, 'renewals', renewal);
    },
  };
}

export const drill20220122 = identityProviderGone();
