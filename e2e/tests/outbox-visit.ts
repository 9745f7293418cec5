import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

/** The demo's Outbox page in a fresh browser, as on another machine. */
export async function visitOutbox(
  browser: Browser,
  url: string,
  language: 'en' | 'fr',
): Promise<[BrowserContext, Page]> {
  const context = await browser.newContext({ locale: language, viewport: { width: 1400, height: 800 } });
  await context.addCookies([{ name: 'meridian_language', value: language, url }]);
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('[data-email-id]').first().waitFor();
  return [context, page];
}

/** Does it and waits until the service has kept it. */
export async function saved(page: Page, act: () => Promise<unknown>): Promise<void> {
  const answer = page.waitForResponse(
    (response) => response.request().method() === 'PATCH' && response.url().endsWith('/v1/preferences'),
  );
  await act();
  expect((await answer).ok()).toBe(true);
}
