/**
 * Which tab of a gate drives camera and upload. Others are viewers and may take over. What keeps entries safe is the
 * compare-and-set of the outbox, not this.
 */
export class WriterLock {
  #release: (() => void) | null = null;
  #waiting: AbortController | null = null;
  #granted: Promise<void>;
  #grant: () => void = () => {};

  constructor(
    readonly gate: string,
    private readonly onChange: (writer: boolean) => void,
    private readonly locks: LockManager | undefined = navigator.locks,
  ) {
    this.#granted = new Promise((done) => {
      this.#grant = done;
    });
  }

  /** Resolves when this tab first becomes the writer: at once where no other is. */
  settled(): Promise<void> {
    return this.#granted;
  }

  get isWriter(): boolean {
    return this.#release !== null;
  }

  /** Becomes the writer when no other tab is, or as soon as it closes. Without Web Locks every tab is a writer. */
  request(): void {
    if (!this.locks) {
      this.#hold();
      return;
    }
    this.#waiting?.abort();
    this.#waiting = new AbortController();
    void this.#ask({ signal: this.#waiting.signal });
  }

  /** Takes the lock from the tab that has it. */
  async takeOver(): Promise<void> {
    this.#waiting?.abort();
    if (this.isWriter || !this.locks) return this.#hold();
    await new Promise<void>((done) => {
      void this.#ask({ steal: true }, done);
    });
  }

  release(): void {
    this.#waiting?.abort();
    this.#release?.();
  }

  #hold(): void {
    if (this.#release) return;
    this.#release = () => {
      this.#release = null;
      this.onChange(false);
    };
    this.onChange(true);
    this.#grant();
  }

  async #ask(options: LockOptions, granted?: () => void): Promise<void> {
    try {
      await this.locks?.request(`gate:${this.gate}`, options, () => {
        return new Promise<void>((end) => {
          this.#release = () => {
            this.#release = null;
            this.onChange(false);
            end();
          };
          this.onChange(true);
          this.#grant();
          granted?.();
        });
      });
    } catch {
      // Taken over by another tab (AbortError), or no longer wanted.
      if (this.#release) {
        this.#release = null;
        this.onChange(false);
        this.request();
      }
    }
  }
}
