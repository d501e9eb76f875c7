import type { Evidence } from '@munjigi/core/rules';

/** Where a person's evidence comes from. */
export interface EvidenceSource {
  evidenceOf(person: string): Promise<readonly Evidence[]>;
}
