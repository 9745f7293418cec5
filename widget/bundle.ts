import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform, type Metafile, type Plugin } from 'esbuild';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Bundles the widget for browsers: `outbox.js`, `count.js`, and the chunks that they share or load on demand.
 * Used by the demo and by the production build. Needs no build of contracts.
 */
export async function bundleWidget(options: { outDir: string; minify: boolean }): Promise<Metafile> {
  const result = await build({
    entryPoints: { outbox: here('src/outbox.ts'), count: here('src/count.ts') },
    outdir: options.outDir,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    minify: options.minify,
    sourcemap: true,
    metafile: true,
    legalComments: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
    // Importing the bundle on a server does nothing instead of failing at `class extends HTMLElement`.
    inject: [here('browser-globals.ts')],
    tsconfig: here('../tsconfig.json'),
    logLevel: 'warning',
    plugins: [oneChunkForThePage(), ...(options.minify ? [shorterTemplates] : [])],
  });
  return result.metafile;
}

/**
 * esbuild makes a chunk of every combination of parts that share something, which compresses badly. A part that the page loads on
 * demand needs the page anyway: where it says so, all that they share stays in one chunk.
 */
function oneChunkForThePage(): Plugin {
  const page = here('src/outbox.ts');
  return {
    name: 'one-chunk-for-the-page',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) =>
        kind === 'dynamic-import' && !path.includes('language-')
          ? { path: resolve(resolveDir, path), namespace: 'part' }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: 'part' }, ({ path }) => ({
        contents: `import ${JSON.stringify(page)}; export * from ${JSON.stringify(path)};`,
        resolveDir: dirname(path),
      }));
    },
  };
}

/** esbuild leaves template strings alone; spaces and notes of our HTML and CSS are no use to a browser. */
const shorterTemplates: Plugin = {
  name: 'shorter-templates',
  setup: ({ onLoad }) =>
    onLoad({ filter: /widget[/\\]src[/\\].*\.ts$/ }, async ({ path }) => {
      let source = await readFile(path, 'utf8');
      for (const [template, sheet = ''] of source.matchAll(/(?<=\bcss)`([^`$]*)`/g)) {
        const { code } = await transform(sheet, { loader: 'css', minify: true });
        source = source.replace(template, () => `\`${code.trim()}\``);
      }
      return { contents: source.replace(/\n[ \t]+/g, '\n'), loader: 'ts' };
    }),
};
