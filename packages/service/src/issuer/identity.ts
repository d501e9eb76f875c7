/** Who somebody is, as an identity provider vouches for it. */
export interface Identity {
  /** The provider's own name for the person. */
  readonly person: string;
  readonly name: string;
  readonly familyName: string;
  /** YYYY-MM-DD. */
  readonly birthDate: string;
  /** A few words that tell demonstration people apart; with the English name and words where there are any. */
  readonly tag: string;
  readonly nameEn: string;
  readonly tagEn: string;
  /** Exercises only: the instant (seconds) as of which this person's passes are issued; null for now. */
  readonly asOf: number | null;
}

/** What a person hands over to be recognised. Each provider reads its own. */
export type Assertion = Readonly<Record<string, string>>;

/** A body that can say who somebody is. */
export interface IdentityProvider {
  readonly name: string;
  /** The person behind an assertion, or null where there is none. */
  identify(assertion: Assertion): Promise<Identity | null>;
  /** The person again, for a renewal. */
  find(person: string): Promise<Identity | null>;
  /** Everybody, where the provider is a demonstration; no other provider lists anybody. */
  readonly list?: () => readonly Identity[];
}
