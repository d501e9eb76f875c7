/** A line as the log took it in. */
export interface AppendedLine {
  /** Receipt under a head that holds the line. */
  readonly receipt: Uint8Array;
  /** Place of the line, from 0. */
  readonly index: number;
  /**
   * The line as it is kept. It differs from what was sent only where the same words were logged before under another
   * signature: the receipt is for these bytes.
   */
  readonly line: Uint8Array;
}

/** The public log as every other part sees it. */
export interface PublicLog {
  /** Takes a signed line in. The same line again is the same place: nothing is logged twice. */
  append(line: Uint8Array): Promise<AppendedLine>;
}
