/** How long something took, over and over. */
export class Measure {
  #times: number[] = [];

  add(ms: number): void {
    this.#times.push(ms);
  }

  clear(): void {
    this.#times = [];
  }

  get count(): number {
    return this.#times.length;
  }

  /** Milliseconds at that share (0.5: the median); null where nothing was measured. */
  at(share: number): number | null {
    if (this.#times.length === 0) return null;
    const sorted = [...this.#times].sort((a, b) => a - b);
    return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!);
  }
}
