import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Hono } from 'hono';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The portal's script, style sheet and sign, read and bundled once. */
export async function loadAssets(): Promise<Hono> {
  const [script, style, sign] = await Promise.all([
    bundleScript(),
    bundleStyle(),
    readFile(here('meridian.svg'), 'utf8'),
  ]);
  const app = new Hono();
  const serve = (path: string, contentType: string, body: string) =>
    app.get(path, (context) =>
      context.body(body, 200, { 'content-type': contentType, 'cache-control': 'no-cache' }),
    );
  serve('/portal.js', 'text/javascript; charset=utf-8', script);
  serve('/portal.css', 'text/css; charset=utf-8', style);
  serve('/meridian.svg', 'image/svg+xml', sign);
  return app;
}

async function bundleStyle(): Promise<string> {
  const result = await build({ entryPoints: [here('styles/portal.css')], bundle: true, write: false });
  return result.outputFiles[0]!.text;
}

async function bundleScript(): Promise<string> {
  const result = await build({
    entryPoints: [here('client/portal-page.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
  });
  return result.outputFiles[0]!.text;
}
