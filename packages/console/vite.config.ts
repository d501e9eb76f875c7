import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defaultClientConditions, defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The console under /console/. It has no service worker: it works on what its body's desk says now. Each page of it is
 * signed into by a passkey of one body. `vite build --mode preview` builds /console/preview.html instead: each screen
 * from fixtures, for pictures.
 */
export default defineConfig(({ mode }) => {
  const preview = mode === 'preview';
  return {
    root: here('.'),
    base: '/console/',
    resolve: { conditions: ['munjigi:source', ...defaultClientConditions] },
    plugins: [preact({ devToolsEnabled: false })],
    build: {
      target: ['chrome90', 'safari15'],
      outDir: here(preview ? 'dist/preview' : 'dist/app'),
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      rolldownOptions: {
        input: here(preview ? 'preview.html' : 'index.html'),
        output: { codeSplitting: false },
      },
    },
  };
});
