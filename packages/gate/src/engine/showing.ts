/** How long the same code may be out of the picture and still be the same showing: a hand shakes, a code redraws itself. */
const GONE_MS = 1_500;

/**
 * Tells a code that is still before the camera from one that is shown anew, so that one guest is judged once however long
 * the phone is held.
 */
export class Showing {
  #text: string | null = null;
  #tag: string | null = null;
  #reason: string | null = null;
  #isAnswered = false;
  #seenMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly monotonicMs: () => number = () => performance.now()) {}

  /** True where this very text is still being held. */
  isHeld(text: string): boolean {
    const held = text === this.#text && this.#inView();
    if (held) this.#seenMs = this.monotonicMs();
    return held;
  }

  /** True where the code only redrew itself and the answer about it is the same. */
  isRedrawn(text: string, tag: string | null, reason: string): boolean {
    const same = this.#isAnswered || reason === this.#reason;
    const redrawn = tag !== null && tag === this.#tag && same && this.#inView();
    this.#isAnswered = redrawn && this.#isAnswered;
    this.#text = text;
    this.#tag = tag;
    this.#reason = reason;
    this.#seenMs = this.monotonicMs();
    return redrawn;
  }

  /**
   * Staff answered for the guest who still stands here: their code, while it stays in the picture, is no new question,
   * whatever it is worth.
   */
  answered(): void {
    this.#isAnswered = true;
    this.#seenMs = this.monotonicMs();
  }

  /** The next code is judged whatever it is. */
  forget(): void {
    this.#text = null;
    this.#tag = null;
    this.#isAnswered = false;
  }

  #inView(): boolean {
    return this.monotonicMs() - this.#seenMs < GONE_MS;
  }
}
