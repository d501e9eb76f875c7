import { drill20210101 } from './2021-01-01.ts';
import { drill20211213 } from './2021-12-13.ts';
import { drill20211214 } from './2021-12-14.ts';
import { drill20220103 } from './2022-01-03.ts';
import { drill20220106 } from './2022-01-06.ts';
import { drill20220122 } from './2022-01-22.ts';
import { drill20220203 } from './2022-02-03.ts';
import { drillAt20211115 } from './at-2021-11-15.ts';
import { drillCh20211015 } from './ch-2021-10-15.ts';
import { drillDbFailover } from './db-failover.ts';
import { drillNl20210925 } from './nl-2021-09-25.ts';
import { drillNz20211117 } from './nz-2021-11-17.ts';
import { drillRollingUpgrade } from './rolling-upgrade.ts';
import type { Drill } from './types.ts';

/** All drills, in the order in which `all` plays them. */
export const DRILLS: readonly Drill[] = [
  drill20210101,
  drill20211213,
  drill20211214,
  drill20220103,
  drill20220106,
  drill20220122,
  drill20220203,
  drillCh20211015,
  drillAt20211115,
  drillNl20210925,
  drillNz20211117,
  drillDbFailover,
  drillRollingUpgrade,
];
