import { drill20210101 } from './2021-01-01.ts';
import { drill20211213 } from './2021-12-13.ts';
import { drill20211214 } from './2021-12-14.ts';
import { drill20220103 } from './2022-01-03.ts';
import { drill20220106 } from './2022-01-06.ts';
import { drill20220122 } from './2022-01-22.ts';
import { drill20220203 } from './2022-02-03.ts';
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
];
