/** How often one of many may ask for something. What is counted is kept in memory only, and never logged. */
export interface Limit {
  /** Seconds to wait, or 0 where the request may go on. `key` is whatever is counted apart. */
  take(key: string, atMs: number): number;
}

/**
 * How often one network may ask for something: a bucket of tokens for each /24 (IPv4) or /48 (IPv6). Networks are kept in
 * memory only, and never logged.
 */
export interface RateLimit {
  /** Seconds to wait, or 0 where the request may go on. */
  take(address: string, atMs: number): number;
}

/** The network an address belongs to: enough to slow a flood, too coarse to follow a person. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (plain.includes('.')) return plain.split('.').slice(0, 3).join('.');
  const [head = ''] = plain.split('::');
  return head.split(':').slice(0, 3).join(':');
}

/** A limit of `perMinute` requests for each key, with a minute's worth at once; the oldest of too many keys is forgotten. */
export function tokenBuckets(perMinute: number, mostKeys = 10_000): Limit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(key, atMs) {
      const held = buckets.get(key);
      const passed = held ? Math.max(0, atMs - held.at) : 0;
      const tokens = held ? Math.min(perMinute, held.tokens + (passed / 60_000) * perMinute) : perMinute;
      buckets.delete(key);
      if (buckets.size >= mostKeys) buckets.delete(buckets.keys().next().value!);
      const allowed = tokens >= 1;
      buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: atMs });
      return allowed ? 0 : Math.ceil(((1 - tokens) / perMinute) * 60);
    },
  };
}

/** The same for each network of the addresses that ask. */
export function rateLimit(perMinute: number, mostNetworks = 10_000): RateLimit {
  const buckets = tokenBuckets(perMinute, mostNetworks);
  return { take: (address, atMs) => buckets.take(networkOf(address), atMs) };
}
