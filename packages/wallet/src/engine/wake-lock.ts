/**
 * Keeps the screen on while a code is shown. The lock is lost whenever the page is hidden, so it is asked for again when
 * the page is seen. Phones without it fall back to their own setting; nothing else depends on it.
 */
export function keepAwake(): (on: boolean) => void {
  let wanted = false;
  let held: WakeLockSentinel | null = null;
  const apply = async () => {
    if (wanted && document.visibilityState === 'visible' && !held && 'wakeLock' in navigator) {
      try {
        held = await navigator.wakeLock.request('screen');
        held.addEventListener('release', () => {
          held = null;
        });
        if (!wanted) await held.release();
      } catch {
        // low battery or a browser that refuses: the code is shown all the same
      }
    } else if (!wanted && held) {
      await held.release().catch(() => undefined);
    }
  };
  document.addEventListener('visibilitychange', () => void apply());
  return (on) => {
    if (on === wanted) return;
    wanted = on;
    void apply();
  };
}
