/** Where guests of the other ways stand, and what each way needs: made by the drill, as an owner and an operator do. */
export interface LadderTerms {
  readonly venueId: number;
  /** Of the register, through the balancer, with its path. */
  readonly register: string;
  readonly mirrors: readonly string[];
  readonly issuer: string;
  /** Whose passes the phones hold that scan the poster. */
  readonly people: readonly string[];
  readonly calls: { readonly number: string; readonly provider: string; readonly secret: string };
  /** Numbers of sheets that lie ready, and how many lines each has. */
  readonly sheets: { readonly numbers: readonly number[]; readonly lines: number; readonly token: string };
  /** The code that the venue's poster shows, as bytes in base64url; null where the service knows no posters. */
  readonly poster: string | null;
}

/** The ways beside a scan; a look leaves an entry in a gate's own chain. */
export type Way = 'call' | 'poster' | 'paper';

/** An entry of one of these ways, as its own side remembers it. */
export interface WayEntry {
  /** Whole seconds: when the guest came in. Of paper the minute that stands there. */
  readonly enteredAt: number;
  /** Milliseconds of the machine's clock. */
  readonly savedAt: number;
  /** True where the register has said that it has it. */
  readonly answered: boolean;
}

/** What guests of one way have done at the venue: kept apart from what the product keeps, so that it can be checked. */
export interface WayLedger {
  readonly venueId: number;
  readonly way: Way;
  readonly entries: readonly WayEntry[];
}
