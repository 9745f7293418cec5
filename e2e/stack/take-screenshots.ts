import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import type { Browser } from 'playwright-core';
import { startPortal } from '../portal/portal.ts';
import { launchBrowser } from './chromium.ts';
import { startStack } from './stack.ts';

/**
 * Pictures of the demo's Outbox page: every language, theme and width, the popup too. `npm run screenshots [FOLDER]`;
 * the README's two are `outbox-light.png` and `outbox-dark.png`.
 */
const folder = process.argv[2] ?? 'docs';
const widths = { wide: { width: 1280, height: 800 }, narrow: { width: 400, height: 800 } } as const;

await mkdir(folder, { recursive: true });
const port = await getPort();
const stack = await startStack({ portalPort: port, leaseSeconds: 10, probeSeconds: 3 });
const portal = await startPortal({ stack, port });
const browser = await launchBrowser();
try {
  // Together, before the demo's people write more.
  await Promise.all(
    (['light', 'dark'] as const).map((theme) =>
      takePage(browser, { theme, language: 'en', width: 'wide', name: `outbox-${theme}`, roomy: true }),
    ),
  );
  for (const theme of folder === 'docs' ? [] : (['light', 'dark'] as const)) {
    for (const language of ['en', 'fr'] as const) {
      for (const width of ['wide', 'narrow'] as const) {
        await takePage(browser, { theme, language, width, name: `${language}-${theme}-${width}` });
      }
    }
  }
} finally {
  await browser.close();
  await portal.stop();
  await stack.stop();
}

interface Picture {
  theme: 'light' | 'dark';
  language: 'en' | 'fr';
  width: keyof typeof widths;
  name: string;
  /** Without the demo's own panel and hints. */
  roomy?: boolean;
}

async function takePage(from: Browser, { theme, language, width, name, roomy }: Picture): Promise<void> {
  const context = await from.newContext({
    viewport: widths[width],
    colorScheme: theme,
    locale: language,
    reducedMotion: 'reduce',
  });
  const url = portal.url;
  await context.addCookies([
    { name: 'meridian_theme', value: theme, url },
    { name: 'meridian_language', value: language, url },
  ]);
  if (roomy) {
    await context.addInitScript(() => {
      localStorage.setItem('meridian.mail-server', 'closed');
      localStorage.setItem('meridian.hints', 'closed');
    });
  }
  const page = await context.newPage();
  await page.goto(url);
  const rows = page.locator('outbox-view [data-email-id]');
  await rows.first().waitFor();
  await page.locator('outbox-count [part=number]').waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  if (!roomy) {
    await rows.nth(1).locator('[part~=subject]').click();
    // Near the end of the popup: everything before it is drawn.
    await page.locator('outbox-popup dialog[open]').getByText('Message-ID').waitFor();
    await page.screenshot({ path: join(folder, `${name}-popup.png`) });
  }
  await context.close();
}
