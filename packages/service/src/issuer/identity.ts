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
export type Assertion = Readonly<Record<string, string | undefined>>;

/** Signing in at the provider's own page, in two steps. */
export interface SigningIn {
  /** What the wallet's button says. */
  readonly title: { readonly ko: string; readonly en: string };
  /** The provider's page to go to, and a secret that the wallet keeps until it comes back. Throws `issuer.provider-away`. */
  begin(): Promise<{ readonly address: string; readonly keep: string }>;
  /**
   * What the provider's page came back with (`?code=…&state=…`), checked with the provider; the secret `signIn` enrols once.
   * Throws `issuer.sign-in-unknown`, `issuer.sign-in-refused`, `issuer.claims`, `issuer.provider-away`.
   */
  finish(keep: string, answer: string): Promise<{ readonly signIn: string; readonly identity: Identity }>;
}

/** A body that can say who somebody is. */
export interface IdentityProvider {
  readonly name: string;
  /** The person behind an assertion, or null where there is none. */
  identify(assertion: Assertion): Promise<Identity | null>;
  /** The person again, for a renewal. */
  find(person: string): Promise<Identity | null>;
  /** Everybody, where the provider is a demonstration; no other provider lists anybody. */
  readonly list?: () => readonly Identity[];
  /** Where people sign in at the provider's own page. */
  readonly signingIn?: SigningIn;
}
