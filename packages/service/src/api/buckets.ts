import { type Access, type Bucket, bucketOf } from '../contracts/index.ts';
import type { Who } from '../lib/who.ts';
import { networkOf, type RateLimit, tokenBuckets } from './limits.ts';

type Counted = Exclude<Bucket, 'enrolments' | 'none'>;

/**
 * Requests a minute, for whom they are counted. One network may be a restaurant with two hundred guests, or the exit of a
 * telephone company with thousands of tablets behind it, so what doors and guests need is wide; what guesses at secrets
 * is narrow.
 */
const PER_MINUTE: Readonly<
  Record<Counted, { readonly by: 'network' | 'caller'; readonly perMinute: number }>
> = {
  session: { by: 'network', perMinute: 120 },
  holder: { by: 'network', perMinute: 3_000 },
  gate: { by: 'network', perMinute: 30_000 },
  body: { by: 'network', perMinute: 3_000 },
  provider: { by: 'network', perMinute: 12_000 },
  public: { by: 'network', perMinute: 12_000 },
  read: { by: 'caller', perMinute: 600 },
  write: { by: 'caller', perMinute: 120 },
};

/** One gate, within its network: so that somebody elsewhere who names its key takes nothing from it. */
const PER_GATE = 600;

export interface Buckets {
  /** Before anything is read: seconds to wait for what is counted by network, or 0. */
  takeNetwork(access: Access, method: string, address: string, atMs: number): number;
  /** Once it is known who calls: seconds to wait for what is counted by account, or 0. */
  takeCaller(access: Access, method: string, address: string, who: Who | null, atMs: number): number;
  /** Once the body is read: seconds to wait for one gate, or 0. */
  takeGate(access: Access, method: string, address: string, gate: string, atMs: number): number;
}

/** The buckets of one server. `factor` widens all of them: an exercise plays many doors on one machine. */
export function buckets(enrolments: RateLimit, factor: number): Buckets {
  const limits = Object.fromEntries(
    Object.entries(PER_MINUTE).map(([name, { perMinute }]) => [name, tokenBuckets(perMinute * factor)]),
  ) as Record<Counted, ReturnType<typeof tokenBuckets>>;
  const gates = tokenBuckets(PER_GATE * factor, 100_000);
  return {
    takeNetwork(access, method, address, atMs) {
      const bucket = bucketOf(access, method);
      if (bucket === 'none') return 0;
      if (bucket === 'enrolments') return enrolments.take(address, atMs);
      // Whoever claims to be an account is looked up first, and that too is bounded.
      const counted = PER_MINUTE[bucket].by === 'network' ? bucket : 'public';
      return limits[counted].take(networkOf(address), atMs);
    },
    takeCaller(access, method, address, who, atMs) {
      const bucket = bucketOf(access, method);
      if (bucket === 'none' || bucket === 'enrolments' || PER_MINUTE[bucket].by !== 'caller') return 0;
      return limits[bucket].take(who?.accountId ?? networkOf(address), atMs);
    },
    takeGate: (access, method, address, gate, atMs) =>
      bucketOf(access, method) === 'gate' ? gates.take(`${networkOf(address)} ${gate}`, atMs) : 0,
  };
}
