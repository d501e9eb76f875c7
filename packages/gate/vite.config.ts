import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { onLog } from '../../tools/vite-log.ts';

const own = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string };
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The gate as an installable app under /gate/. One graph, all of it precached, with font, reader and spoken lines: a
 * gate that was opened once starts without any network, and an update can never take away a part of a running one.
 * `vite build --mode preview` builds /gate/preview.html instead: each screen from fixtures, for pictures.
 */
export default defineConfig(({ mode }) => {
  const preview = mode === 'preview';
  return {
    root: here('.'),
    base: '/gate/',
    define: { 'import.meta.env.VITE_VERSION': JSON.stringify(own.version) },
    resolve: { conditions: ['munjigi:source', ...defaultClientConditions] },
    plugins: [preact({ devToolsEnabled: false }), ...(preview ? [] : [installable()])],
    worker: { format: 'es' as const },
    build: {
      target: ['chrome90', 'safari15'],
      outDir: here(preview ? 'dist/preview' : 'dist/app'),
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        onLog,
        input: here(preview ? 'preview.html' : 'index.html'),
        output: { codeSplitting: false },
      },
    },
  };
});

function installable() {
  return VitePWA({
    registerType: 'prompt',
    injectRegister: false,
    includeAssets: ['icons/*', 'voice/**/*.mp3'],
    manifest: {
      id: '/gate/',
      name: '문지기 게이트 · Munjigi gate',
      short_name: '문지기 게이트',
      description: '출입 확인과 기록. 서버 없이도 문을 엽니다.',
      lang: 'ko',
      start_url: '/gate/',
      scope: '/gate/',
      display: 'standalone',
      orientation: 'any',
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
      globPatterns: ['**/*.{html,js,css,woff2,wasm,mp3,png,svg,webmanifest}'],
      maximumFileSizeToCacheInBytes: 6_000_000,
      navigateFallback: '/gate/index.html',
      cleanupOutdatedCaches: true,
      clientsClaim: true,
      skipWaiting: false,
    },
  });
}
