import { type PrivatePostgres, type Relay, startRelay, startStandby } from '../stage/index.ts';
import { allReceipted, compareAll, storedIn } from './check.ts';
import { DATABASE } from './opening.ts';
import { allShow } from './showing.ts';
import type { Drill } from './types.ts';

/** Seconds of silence after which the primary is taken for gone. */
const LEASE = 9;

/** The primary database is killed under load; its synchronous standby takes its place at the same address. */
function databaseFailsOver(): Drill {
  let address: Relay;
  return {
    name: 'db-failover',
    async setUp({ postgres, atEnd }) {
      address = await startRelay(postgres.port);
      atEnd(() => address.cut());
      return { databasePort: address.port };
    },
    async run(world) {
      const {
        postgres,
        databases,
        service,
        crowd,
        arrive,
        during,
        begins,
        repaired,
        note,
        complain,
        figure,
      } = world;
      const show = async (notice: string): Promise<void> => {
        while (!(await allShow(crowd, notice)())) await new Promise((go) => setTimeout(go, 500));
      };
      const standby = await followed(postgres);
      databases.push(standby);
      world.atEnd(() => standby.remove());
      note('a standby follows, and no commit is told done before it has it');
      await arrive('before', 12);
      const killedAt = Date.now();
      const since = Math.floor(service.storyMs() / 1000);
      begins();
      postgres.signal('SIGKILL');
      await address.cut();
      note('the primary is killed');
      await arrive('no database', LEASE);
      const known = allReceipted(await world.ledgers());
      await standby.run('SELECT pg_promote()');
      const { made, lost } = compareAll(known, await storedIn(standby.address('register')));
      figure('entries with a receipt · of them not in the standby', `${made} · ${lost}`);
      if (lost > 0) complain(`${lost} entries with a receipt are not in the database that took over`);
      await address.to(standby.port);
      note('the standby is promoted and stands at the address');
      await repaired('after', 8);
      await during('until every gate says it', show('app-down'));
      const until = Math.floor(service.storyMs() / 1000);
      await service.announce('app-back', 'confirmed', { parameters: { since, until } });
      note('a person ends the sentence that the table has said');
      await during('until every gate says that it is over', show('app-back'));
      const { receiptedAt, regressions } = await crowd.report();
      const [last, next] = [
        Math.max(...receiptedAt.filter((at) => at <= killedAt)),
        Math.min(...receiptedAt.filter((at) => at > killedAt + 1_000)),
      ];
      figure('seconds without a write', Math.round((next - last) / 100) / 10);
      if (regressions > 0) complain('the register had less than it had signed for');
    },
  };
}

/** A standby of a server, for which every commit waits from now on. */
async function followed(postgres: PrivatePostgres): Promise<PrivatePostgres> {
  const standby = await startStandby(postgres, 'standby', DATABASE);
  await postgres.run(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
  await postgres.run('SELECT pg_reload_conf()');
  return standby;
}

export const drillDbFailover = databaseFailsOver();
