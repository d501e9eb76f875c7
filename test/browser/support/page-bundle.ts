import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** One script of ours for a page under test, with everything that it imports, as the apps are built. */
export async function bundleForPage(file: string): Promise<string> {
  const entry = fileURLToPath(new URL(`pages/${file}`, import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['munjigi:source', 'module', 'browser', 'import', 'default'] },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry, formats: ['es'], fileName: 'page' },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  const chunk = first && 'output' in first ? first.output.find((one) => one.type === 'chunk') : undefined;
  if (chunk?.type !== 'chunk') throw new Error(`${file} was not bundled.`);
  return chunk.code;
}
