import { type BaselineWorld, playBaseline } from '../baseline/play.ts';
import type { Drill } from './types.ts';

/** The same events for those who ask a server before they answer. */
async function sameDay({ balancer, servers, postgres, arrive }: BaselineWorld): Promise<void> {
  const [a] = servers;
  await arrive(10);
  await postgres.backup();
  await arrive(6);
  for (const name of ['b', 'c']) await balancer.weigh(name, 0);
  a!.process.slow(0.04);
  await arrive(15);
  await a!.process.kill();
  await arrive(20);
  await postgres.putBack();
  await a!.start();
  for (const name of ['b', 'c']) await balancer.weigh(name, 100);
  await arrive(10);
}

/** The day that this product is for. */
export const drill20220106: Drill = {
  name: '2022-01-06',
  title: {
    ko: '2022년 1월 6일, 출입명부 5시간 20분 장애',
    en: '6 January 2022: the entry register, down for 5 h 20 min',
  },
  happened: {
    ko: '14시, 안정화 작업 뒤 부하를 나누는 서버가 고장 나 특정 서버로 접속이 몰렸습니다. 예비 데이터베이스로 바꾸어 19시 20분에 복구했습니다. 방역패스 의무는 그대로였습니다.',
    en: 'At 14:00, after work on the cloud servers, the part that spreads load failed and traffic piled onto particular servers. It was repaired at 19:20 by swapping in a backup database. The pass stayed compulsory.',
  },
  played: {
    ko: '서버 세 대 중 두 대의 비중을 0으로 내려 한 대에 몰리게 하고 그 한 대를 느리게 한 뒤 멈춥니다. 데이터베이스는 장애 전에 떠 둔 사본으로 바꿉니다. 장애 시간은 줄였고, 기다리는 시간과 재시도 간격은 줄이지 않았습니다.',
    en: 'Two of three nodes are given weight 0, all load runs to the third, which is slowed down and then gone. The database is replaced by a copy made before the outage. The outage is shortened; timeouts and pauses between tries are not.',
  },
  story: '2022-01-06T13:58:00+09:00',
  notice: 'app-down',
  async run({ service, postgres, arrive, note, begins, ends, noticing }) {
    const { balancer, nodes } = service;
    const [a, b, c] = nodes;
    await arrive('before', 12);
    await postgres.backup();
    note('the backup is made that will be put in later');
    await arrive('after the backup', 8);
    begins();
    note('maintenance: b and c get weight 0, everything runs to a; a gets one twenty-fifth of its time');
    await balancer.weigh('b', 0);
    await balancer.weigh('c', 0);
    a!.process.slow(0.04);
    await arrive('all on one node', 20);
    note('a is gone');
    await a!.process.kill();
    await arrive('nothing answers', 40);
    note('the backup database is put in: everything since is gone from the register');
    await postgres.putBack();
    await a!.start();
    await Promise.all([b, c].map((node) => balancer.weigh(node!.name, 100)));
    ends();
    note('a is back, b and c have their weight again');
    noticing.stop();
    await service.announce('app-back', 'confirmed', {
      parameters: {
        since: Date.parse('2022-01-06T14:00:00+09:00') / 1000,
        until: Date.parse('2022-01-06T19:20:00+09:00') / 1000,
      },
    });
    await arrive('after', 10);
  },
  async baseline({ folder, note }) {
    const found: Record<string, Awaited<ReturnType<typeof playBaseline>>> = {};
    for (const strategy of ['reported', 'competent'] as const) {
      note(`the same events, the old way (${strategy})`);
      found[strategy] = await playBaseline(strategy, { folder, perSecond: 20 }, sameDay);
    }
    return found;
  },
};
