import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';

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
    plugins: options.minify ? [withoutIndentation] : [],
  });
  return result.metafile;
}

/** esbuild leaves template strings alone; the indentation of our HTML and CSS is no use to a browser. */
const withoutIndentation: Plugin = {
  name: 'without-indentation',
  setup: ({ onLoad }) =>
    onLoad({ filter: /widget[/\\]src[/\\].*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/\n[ \t]+/g, '\n'),
      loader: 'ts',
    })),
};
