/** What a venue's poster says: enough for a wallet to write an entry without any server. */
export interface Poster {
  readonly venueId: number;
  /** Counts within the venue, from 1: a newer one takes an older one's place. */
  readonly posterNo: number;
  readonly name: string;
  readonly kind: string;
  readonly region: string;
  /** Thumbprint of the venue's chain of poster entries, for which its boxes are sealed: 32 bytes. */
  readonly channel: Uint8Array;
  /** Whole seconds. */
  readonly madeAt: number;
}
