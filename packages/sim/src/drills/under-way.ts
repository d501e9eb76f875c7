/** Work that goes on beside a drill: known to be over or not, and not lost where it fails before anybody waits for it. */
export class UnderWay<T> {
  #isOver = false;

  constructor(readonly result: Promise<T>) {
    const end = (): void => {
      this.#isOver = true;
    };
    result.then(end, end);
  }

  get isOver(): boolean {
    return this.#isOver;
  }
}
