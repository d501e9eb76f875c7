import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const made = new Map<string, Promise<string>>();

/**
 * One JavaScript file of a TypeScript script of the sources, for a process of its own that a test can end the hard way.
 * Packages stay outside; `import.meta.url` keeps naming the source, so that files beside it are found.
 * @param withPackages true where it is started hundreds of times: one file starts faster than hundreds. Not for what needs packages
 *   to be loaded in an order, as a whole service does; drivers of databases stay outside.
 */
export function bundle(script: string, withPackages = false): Promise<string> {
  let file = made.get(script);
  if (file === undefined) {
    file = make(script, withPackages);
    made.set(script, file);
  }
  return file;
}

async function make(script: string, withPackages: boolean): Promise<string> {
  const outDir = join(ROOT, 'node_modules', '.cache', 'munjigi', `bundle-${process.pid}`);
  mkdirSync(outDir, { recursive: true });
  const conditions = ['munjigi:source', 'node', 'import'];
  await build({
    configFile: false,
    logLevel: 'error',
    root: ROOT,
    ssr: withPackages
      ? { noExternal: true, external: ['pg', '@electric-sql/pglite'], resolve: { conditions } }
      : { noExternal: [/^@munjigi\//], resolve: { conditions } },
    build: { ssr: script, outDir, emptyOutDir: false, minify: false, target: 'node20', copyPublicDir: false },
    plugins: [
      {
        name: 'where-the-source-stands',
        transform: (code, id) =>
          code.includes('import.meta.url')
            ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id.split('?')[0]!).href))
            : null,
      },
    ],
  });
  return join(outDir, basename(script).replace(/\.ts$/, '.js'));
}
