import axe from 'axe-core';
import getPort from 'get-port';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startPortal, type RunningPortal } from '../portal/portal.ts';
import { CheckContext } from '../stack/check-context.ts';
import { launchBrowser } from '../stack/chromium.ts';
import { eventually } from '../stack/eventually.ts';
import { startStack, type Stack } from '../stack/stack.ts';

let stack: Stack;
let portal: RunningPortal;
let browser: Browser;
let context: CheckContext;
let page: Page;

beforeAll(async () => {
  const portalPort = await getPort();
  stack = await startStack({ portalPort, probeSeconds: 1, leaseSeconds: 10 });
  [portal, browser] = await Promise.all([startPortal({ stack, port: portalPort }), launchBrowser()]);
  context = new CheckContext(stack, portal.url, browser);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await stack?.stop();
});

beforeEach(async () => {
  page = await browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
});

afterEach(() => page.close());

/** Opens the Outbox and counts how often the page navigates from then on. */
async function openOutbox(): Promise<{ navigations: () => number }> {
  await page.goto(portal.url);
  await page.locator('[data-email-id]').first().waitFor();
  let count = 0;
  page.on('framenavigated', (frame) => (count += frame === page.mainFrame() ? 1 : 0));
  return { navigations: () => count };
}

/** While pointer or focus is on the rows, what has left stays in its place. */
async function lookElsewhere(): Promise<void> {
  await page.mouse.move(1, 1);
  await page.evaluate('document.activeElement.blur()');
}

const rowOf = (id: string) => page.locator(`[data-email-id="${id}"]`);

/** An email that the mail server refuses once and takes afterwards. */
async function refusedOnce(localPart: string): Promise<{ id: string; address: string }> {
  const address = context.address(localPart);
  context.sink.script({
    phase: 'rcpt',
    recipient: (it) => it === address,
    reply: '550 5.1.1 Not yet',
    times: 1,
  });
  const id = await context.submit(address, `To ${address}`);
  await context.row(id, 'it to fail', (it) => it.status === 'failed');
  return { id, address };
}

it('retries from the popup after a double-click, and the row leaves without a reload', async () => {
  const { id, address } = await refusedOnce('popup');
  const { navigations } = await openOutbox();
  expect(await rowOf(id).getAttribute('data-status')).toBe('failed');

  await rowOf(id).getByText('Failed', { exact: true }).first().dblclick();
  const popup = page.getByRole('dialog');
  await popup.getByRole('button', { name: /^Retry\b/ }).click();

  await context.accepted(address);
  expect(context.triesFor(address)).toBe(2);
  await page.keyboard.press('Escape');
  await lookElsewhere();
  await rowOf(id).waitFor({ state: 'detached', timeout: 20_000 });
  expect(navigations()).toBe(0);
});

it('retries with the icon on the row', async () => {
  const { id, address } = await refusedOnce('icon');
  await openOutbox();
  await rowOf(id)
    .getByRole('button', { name: /^Retry\b/ })
    .click();
  await context.accepted(address);
  await lookElsewhere();
  await rowOf(id).waitFor({ state: 'detached', timeout: 20_000 });
});

it('cancels with the icon on the row, and the mail server never hears of it', async () => {
  const address = context.address('never');
  const sendAt = new Date(Date.now() + 3600_000).toISOString();
  const id = await context.submit(address, 'Not to be sent', { sendAt });
  await openOutbox();
  await rowOf(id)
    .getByRole('button', { name: /^Cancel sending: Not to be sent/ })
    .click();
  await lookElsewhere();
  await rowOf(id).waitFor({ state: 'detached', timeout: 20_000 });
  expect(context.triesFor(address)).toBe(0);
  expect(
    await context.leader.list({ view: 'mine' }).then((it) => it.items.map((row) => row.id)),
  ).not.toContain(id);
});

it('shows what the mail server said as text, never as markup', async () => {
  const address = context.address('markup');
  const reply = '550 5.1.1 <img src=x onerror=alert(1)>';
  context.sink.script({ phase: 'rcpt', recipient: (it) => it === address, reply });
  const subject = '<b>bold</b> "quoted"';
  const id = await context.submit(address, subject);
  await context.row(id, 'it to fail', (it) => it.status === 'failed');
  await openOutbox();
  await expect(rowOf(id).innerText()).resolves.toContain(subject);
  await expect(rowOf(id).innerText()).resolves.toContain('<img src=x onerror=alert(1)>');
  expect(await rowOf(id).locator('img').count()).toBe(0);
});

it('shows a change made elsewhere within a second', async () => {
  const sendAt = new Date(Date.now() + 3600_000).toISOString();
  const id = await context.submit(context.address('elsewhere'), 'For later', { sendAt });
  await openOutbox();
  await rowOf(id).waitFor();
  await context.leader.cancel(id);
  await eventually(
    'the row to say so or to go',
    async () =>
      (await rowOf(id).count()) === 0 || /Cancelled/.test(await rowOf(id).innerText()) ? true : null,
    1.5,
  );
});

/** What axe finds on the whole page: rule and element. */
async function violations(): Promise<string[]> {
  await page.evaluate(axe.source);
  return await page.evaluate<string[]>(`axe
    .run(document, { iframes: false })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target.join(' '))))`);
}

it.each(['light', 'dark'])(
  'gives a screen reader nothing to stumble over, %s: page, popup and cards',
  async (theme) => {
    await page.context().addCookies([{ name: 'meridian_theme', value: theme, url: portal.url }]);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await openOutbox();
    expect(await violations()).toEqual([]);
    await page.locator('[data-email-id] [part~=subject]').first().click();
    await page.locator('outbox-popup dialog[open]').getByText('Message-ID').waitFor();
    expect(await violations()).toEqual([]);
  },
);
