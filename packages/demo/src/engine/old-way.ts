import { type Signal, signal } from '@preact/signals';

/** Where one guest of the old way stands. */
export type OldGuest = 'asking' | 'answered' | 'waiting' | 'gone';

const AGAIN_MS = 1500;

/**
 * The old way: a thin client that can say nothing by itself. For each scan it asks the server and waits; the server
 * verifies and saves in the same call. While it does not answer, the guest stands there.
 */
export class OldWay {
  readonly guests: Signal<readonly OldGuest[]> = signal([]);
  #run = 0;

  /** A guest holds the same code to the old client. */
  scan(code: string): void {
    const run = this.#run;
    const index = this.guests.peek().length;
    this.guests.value = [...this.guests.peek(), 'asking'];
    void this.#ask(code, index, run);
  }

  /** The guests who still stand there give up. */
  giveUp(): void {
    this.#run += 1;
    this.guests.value = this.guests.peek().map((guest) => (guest === 'answered' ? guest : 'gone'));
  }

  clear(): void {
    this.#run += 1;
    this.guests.value = [];
  }

  async #ask(code: string, index: number, run: number): Promise<void> {
    while (run === this.#run) {
      const answered = await fetch('/api/demonstration/old-way', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ code }),
      }).then(
        (answer) => answer.ok,
        () => false,
      );
      if (run !== this.#run) return;
      this.guests.value = this.guests
        .peek()
        .map((guest, i) => (i === index ? (answered ? 'answered' : 'waiting') : guest));
      if (answered) return;
      await new Promise((done) => setTimeout(done, AGAIN_MS));
    }
  }
}
