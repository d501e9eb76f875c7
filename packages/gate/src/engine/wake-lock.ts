/** Keeps the screen on during a shift, and asks again whenever the page comes back: phones let go of it by themselves. */
export class ScreenStaysOn {
  #wanted = false;
  #lock: WakeLockSentinel | null = null;

  constructor() {
    document.addEventListener('visibilitychange', () => {
      if (this.#wanted && document.visibilityState === 'visible') void this.on();
    });
  }

  async on(): Promise<void> {
    this.#wanted = true;
    this.#lock = await (navigator.wakeLock?.request('screen').catch(() => null) ?? null);
  }

  async off(): Promise<void> {
    this.#wanted = false;
    await this.#lock?.release().catch(() => {});
    this.#lock = null;
  }
}
