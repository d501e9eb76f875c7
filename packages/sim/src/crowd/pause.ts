/** A pause of so many seconds; a process that has nothing else to do ends meanwhile. */
export const pause = (seconds: number): Promise<void> =>
  new Promise((go) => {
    setTimeout(go, seconds * 1000).unref();
  });
