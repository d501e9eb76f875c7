import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { onLog } from '../../tools/vite-log.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The wallet as an installable app under /wallet/. Everything it needs is precached: after the first visit it opens and
// shows its code without any network. A new version waits until the visitor takes it, never under a code that is shown.
export default defineConfig({
  root: here('.'),
  base: '/wallet/',
  resolve: { conditions: ['munjigi:source', ...defaultClientConditions] },
  plugins: [
    preact({ devToolsEnabled: false }),
    VitePWA({
      registerType: 'prompt',
      injectRegister: false,
      includeAssets: ['icons/*.png', 'icons/*.svg'],
      manifest: {
        id: '/wallet/',
        name: '문지기 내 QR · Munjigi wallet',
        short_name: '문지기',
        description: 'My entry code and certificates, on this phone only.',
        lang: 'ko',
        start_url: '/wallet/',
        scope: '/wallet/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#f4f6f3',
        theme_color: '#f4f6f3',
        icons: [
          { src: 'icons/icon.svg', sizes: 'any', type: 'image/svg+xml' },
          { src: 'icons/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icons/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icons/icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{html,js,css,woff2,wasm,png,svg,webmanifest}'],
        globIgnores: ['preview.html', 'assets/preview*'],
        maximumFileSizeToCacheInBytes: 4_000_000,
        navigateFallback: '/wallet/index.html',
        navigateFallbackDenylist: [/preview\.html/],
        cleanupOutdatedCaches: true,
        clientsClaim: true,
      },
    }),
  ],
  worker: { format: 'es' },
  build: {
    target: ['chrome90', 'safari15'],
    outDir: here('dist/app'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: { onLog, input: { index: here('index.html'), preview: here('preview.html') } },
  },
});
