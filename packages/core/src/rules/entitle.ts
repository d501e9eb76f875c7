import { addDays } from './calendar.ts';
import type { EntitlementRule, EvidencePattern, Parameters } from './pack.ts';
import type { Policy } from './policy.ts';

/** One piece of evidence as a source tells it: a local date, or an instant in seconds. */
export interface Evidence {
  readonly kind: string;
  readonly date?: string;
  readonly at?: number;
  readonly sequence?: number;
  readonly detail?: string;
}

export interface PersonEvidence {
  readonly birthDate: string;
  readonly evidence: readonly Evidence[];
}

export type CertificateStanding = 'valid' | 'ended' | 'not-yet';

/** What one rule makes of a person: when it is good, and the text key of the why (for the visitor's own eyes alone). */
export interface Certificate {
  readonly certificate: string;
  readonly rule: string;
  readonly admissionClass: number;
  readonly standing: CertificateStanding;
  /** First second; null where it was always good. */
  readonly from: number | null;
  /** First second after it; null for no end. */
  readonly until: number | null;
  readonly why: { readonly key: string; readonly parameters: Parameters };
}

/** What a person may show: the class for the pass, and every certificate with its own standing. */
export interface Entitlement {
  /** One-hot; 0 where nothing is good now. */
  readonly admissionClass: number;
  readonly from: number | null;
  readonly until: number | null;
  readonly certificate: string | null;
  readonly why: { readonly key: string; readonly parameters: Parameters };
  readonly all: readonly Certificate[];
}

/**
 * Turns a person's evidence into an admission class with its end, at an instant in seconds. Of what is good the one that
 * lasts longest counts; equal ends go by the order of the pack's rules. Evidence that lacks its date counts for nothing.
 */
export function entitle(policy: Policy, person: PersonEvidence, at: number): Entitlement {
  const best = new Map<string, Certificate>();
  for (const rule of policy.pack.entitlement) {
    for (const certificate of certificatesOf(policy, rule, person, at)) {
      const other = best.get(certificate.certificate);
      if (other === undefined || isBetter(certificate, other)) best.set(certificate.certificate, certificate);
    }
  }
  const all = [...best.values()].sort((a, b) => Number(isBetter(b, a)) - Number(isBetter(a, b)));
  const first = all[0];
  if (first?.standing === 'valid') {
    const { admissionClass, from, until, certificate, why } = first;
    return { admissionClass, from, until, certificate, why, all };
  }
  return {
    admissionClass: 0,
    from: null,
    until: null,
    certificate: null,
    why: first?.why ?? { key: 'wallet.nothing', parameters: {} },
    all,
  };
}

const RANK: Record<CertificateStanding, number> = { valid: 2, 'not-yet': 1, ended: 0 };

function isBetter(one: Certificate, other: Certificate): boolean {
  if (one.standing !== other.standing) return RANK[one.standing] > RANK[other.standing];
  if (one.standing === 'not-yet') return (one.from ?? 0) < (other.from ?? 0);
  return (one.until ?? Number.POSITIVE_INFINITY) > (other.until ?? Number.POSITIVE_INFINITY);
}

function certificatesOf(
  policy: Policy,
  rule: EntitlementRule,
  person: PersonEvidence,
  at: number,
): Certificate[] {
  const { born } = rule;
  if (born?.from !== undefined && !(person.birthDate >= born.from)) return [];
  if (born?.to !== undefined && !(person.birthDate <= born.to)) return [];
  if (rule.anchors === undefined) return [certificate(rule, null, null, at, { birthDate: person.birthDate })];

  return person.evidence
    .filter(
      (piece) => rule.anchors!.some((pattern) => matches(pattern, piece)) && dayOf(policy, piece) !== null,
    )
    .filter((piece) =>
      (rule.with ?? []).every((companion) =>
        person.evidence.some(
          (other) =>
            other !== piece &&
            companion.any.some((pattern) => matches(pattern, other)) &&
            isOnSide(policy, other, piece, companion.order),
        ),
      ),
    )
    .map((piece) => {
      const { from, until } = spanOf(policy, rule, piece);
      return certificate(rule, from, until, at, {
        date: dayOf(policy, piece)!,
        ...(piece.at === undefined ? {} : { at: piece.at }),
      });
    });
}

function certificate(
  rule: EntitlementRule,
  from: number | null,
  until: number | null,
  at: number,
  told: Parameters,
): Certificate {
  const standing = from !== null && at < from ? 'not-yet' : until !== null && at >= until ? 'ended' : 'valid';
  return {
    certificate: rule.certificate,
    rule: rule.id,
    admissionClass: rule.class,
    standing,
    from,
    until,
    why: {
      key: `wallet.${rule.certificate}.${standing === 'valid' && until === null ? 'lasting' : standing}`,
      parameters: { ...told, ...(from === null ? {} : { from }), ...(until === null ? {} : { until }) },
    },
  };
}

/** First and first-after second of what a rule makes of its anchor. */
export function spanOf(
  policy: Policy,
  rule: EntitlementRule,
  anchor: Evidence,
): { from: number; until: number | null } {
  const { calendar } = policy;
  const day = dayOf(policy, anchor)!;
  const instant = anchor.at ?? calendar.startOf(day);
  const from =
    'days' in rule.from ? calendar.startOf(addDays(day, rule.from.days)) : instant + rule.from.hours * 3600;
  if (rule.until === null) return { from, until: null };
  const last =
    'days' in rule.until ? addDays(day, rule.until.days) : calendar.dateOf(instant + rule.until.hours * 3600);
  const end = calendar.startOf(addDays(last, 1));
  const { notBefore } = rule.until;
  return { from, until: notBefore === undefined ? end : Math.max(end, calendar.startOf(notBefore)) };
}

/** The local day of a piece of evidence, or null where it lacks what its kind is told by. */
function dayOf(policy: Policy, piece: Evidence): string | null {
  const kind = Object.hasOwn(policy.pack.evidence, piece.kind) ? policy.pack.evidence[piece.kind]! : null;
  if (kind === null) return null;
  if (kind.by === 'at')
    return piece.at === undefined || !Number.isFinite(piece.at) ? null : policy.calendar.dateOf(piece.at);
  return piece.date ?? null;
}

function matches(pattern: EvidencePattern, piece: Evidence): boolean {
  if (piece.kind !== pattern.kind) return false;
  if (
    pattern.details !== undefined &&
    !(piece.detail !== undefined && pattern.details.includes(piece.detail))
  )
    return false;
  if (pattern.sequence === undefined) return true;
  return (
    piece.sequence !== undefined &&
    piece.sequence >= pattern.sequence[0] &&
    piece.sequence <= pattern.sequence[1]
  );
}

function isOnSide(
  policy: Policy,
  other: Evidence,
  anchor: Evidence,
  order: 'not-after' | 'before' | 'after',
): boolean {
  const a = dayOf(policy, other);
  const b = dayOf(policy, anchor);
  if (a === null || b === null) return false;
  return order === 'not-after' ? a <= b : order === 'before' ? a < b : a > b;
}
