/** So long a sheet may still lie before the camera of whoever has read it and goes back to scanning; milliseconds. */
const STILL_HELD_MS = 2_500;

/** Tells a code that is still before the camera, though it was read and dealt with, from one that is shown anew. */
export class StillHeld {
  #text = '';
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** A code is seen. True where it is the last one, and has hardly been away since it was seen or looked away from. */
  isSeenAgain(text: string): boolean {
    const again = text === this.#text && this.nowMs() - this.#atMs < STILL_HELD_MS;
    this.#text = text;
    this.#atMs = this.nowMs();
    return again;
  }

  /** Staff go back to the camera: what lay there then may lie there still. */
  lookedAway(): void {
    this.#atMs = this.nowMs();
  }
}
