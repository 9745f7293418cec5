import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { playwrightLauncher } from '@web/test-runner-playwright';
import { tsImport } from 'tsx/esm/api';

const { findChromium } = await tsImport('../e2e/stack/chromium.ts', import.meta.url);

/** The widget's tests, in a real Chromium: `npm test` in this folder. */
export default {
  files: 'src/**/*.test.ts',
  rootDir: fileURLToPath(new URL('..', import.meta.url)),
  // `source` reads contracts unbuilt.
  nodeResolve: { exportConditions: ['source', 'browser', 'production'] },
  plugins: [
    esbuildPlugin({
      ts: true,
      target: 'es2022',
      tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    }),
  ],
  browsers: [playwrightLauncher({ product: 'chromium', launchOptions: await findChromium() })],
  concurrency: 1,
  testFramework: { config: { timeout: 15_000 } },
};
