import { cp, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { bundleWidget } from './widget/bundle.ts';

/**
 * What production runs: `service/dist/<process>.js` for plain node, its migrations beside them, and the widget in
 * `widget/dist`. Contracts are bundled in; packages of the registry are not.
 */
for (const folder of ['service/dist', 'widget/dist']) await rm(folder, { recursive: true, force: true });
await build({
  entryPoints: ['migrate', 'api', 'dispatcher', 'connector', 'nats-users', 'verdict', 'drift'].map(
    (name) => `service/src/processes/${name}.ts`,
  ),
  outdir: 'service/dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['source'],
  sourcemap: true,
  // Everything that is a package, but not our own workspaces.
  plugins: [
    {
      name: 'packages-stay-outside',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^[^./]/ }, ({ path }) =>
          path.startsWith('@portal-outbox/') ? undefined : { path, external: true },
        ),
    },
  ],
});
await cp('service/src/db/migrations', 'service/dist/migrations', { recursive: true });
await bundleWidget({ outDir: 'widget/dist', minify: true });
