import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { onLog } from '../../tools/vite-log.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// The demonstration's page under /. It has no service worker: without its supervisor it has nothing to show.
export default defineConfig({
  root: here('.'),
  base: '/',
  resolve: { conditions: ['munjigi:source', ...defaultClientConditions] },
  plugins: [preact({ devToolsEnabled: false })],
  build: {
    target: ['chrome90', 'safari15'],
    outDir: here('dist/app'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { onLog },
  },
});
