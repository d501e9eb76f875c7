import { signal } from '@preact/signals';

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

/** The browser's own offer to put the app on the home screen, kept until somebody wants it. */
export function installOffer() {
  const offer = signal<(() => void) | null>(null);
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    offer.value = () => {
      offer.value = null;
      void (event as InstallPrompt).prompt();
    };
  });
  addEventListener('appinstalled', () => {
    offer.value = null;
  });
  return offer;
}

/**
 * Registers the service worker. A new version waits: `take` of the signal activates it and loads the page anew, and only
 * the visitor's own tap does that.
 */
export function updateOffer(script: string, scope: string) {
  const offer = signal<(() => void) | null>(null);
  if (!('serviceWorker' in navigator)) return offer;
  const ready = (registration: ServiceWorkerRegistration) => {
    const waiting = registration.waiting;
    // the very first worker is no update
    if (!waiting || !navigator.serviceWorker.controller) return;
    offer.value = () => {
      navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      waiting.postMessage({ type: 'SKIP_WAITING' });
    };
  };
  void navigator.serviceWorker
    .register(script, { scope })
    .then((registration) => {
      ready(registration);
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', () => ready(registration));
      });
    })
    .catch(() => undefined);
  return offer;
}
