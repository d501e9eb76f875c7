/** The simulator and the drills: the product under every fault, on a virtual clock and on real processes. */
export const DAY_SECONDS = 86_400;
