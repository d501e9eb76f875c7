import type { Evidence } from '@munjigi/core/rules';

/** Where a person's evidence comes from. */
export interface EvidenceSource {
  /**
   * @param person the provider's own name for the person
   * @param provider the identity provider that vouches for them: one provider's names mean nothing to another
   */
  evidenceOf(person: string, provider: string): Promise<readonly Evidence[]>;
}

/** Evidence from several sources, the same piece told twice counted once. */
export function joinedEvidence(...sources: readonly EvidenceSource[]): EvidenceSource {
  return {
    async evidenceOf(person, provider) {
      const lists = await Promise.all(sources.map((source) => source.evidenceOf(person, provider)));
      const told = new Map<string, Evidence>();
      for (const piece of lists.flat()) told.set(sameness(piece), piece);
      return [...told.values()];
    },
  };
}

/** A source that speaks for one provider's people alone. */
export const evidenceFor = (name: string, source: EvidenceSource): EvidenceSource => ({
  evidenceOf: async (person, provider) => (provider === name ? source.evidenceOf(person, provider) : []),
});

/** Text that is the same for two pieces that say the same. */
export const sameness = ({ kind, date, at, sequence, detail }: Evidence): string =>
  JSON.stringify([kind, date ?? null, at ?? null, sequence ?? null, detail ?? null]);
