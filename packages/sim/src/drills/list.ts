import { drill20220106 } from './2022-01-06.ts';
import type { Drill } from './types.ts';

/** All drills, in the order in which `all` plays them. */
export const DRILLS: readonly Drill[] = [drill20220106];
