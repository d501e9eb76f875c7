import type { EventKind } from './schema.ts';

// Extended key usage of certificates that sign one kind of event only, in the newer form and in the older one.
const USAGE = /^1\.3\.6\.1\.4\.1\.(?:0\.)?1847\.2021\.1\.([123])$/;
const KINDS: Readonly<Record<string, EventKind>> = { 1: 't', 2: 'v', 3: 'r' };

/** The events that a certificate with these extended key usages may sign; null for one that names none: anything. */
export function usageOf(oids: readonly string[]): EventKind[] | null {
  const kinds = oids.flatMap((oid) => KINDS[USAGE.exec(oid)?.[1] ?? ''] ?? []);
  return kinds.length === 0 ? null : kinds;
}
