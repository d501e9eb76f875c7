/** A pause that keeps no process from ending. */
export const pause = (seconds: number): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, seconds * 1000).unref();
  });
