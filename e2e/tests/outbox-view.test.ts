import getPort from 'get-port';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPortal, type RunningPortal } from '../portal/portal.ts';
import { CheckContext } from '../stack/check-context.ts';
import { launchBrowser } from '../stack/chromium.ts';
import { eventually } from '../stack/eventually.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { saved, visitOutbox } from './outbox-visit.ts';

let stack: Stack;
let portal: RunningPortal;
let browser: Browser;
let check: CheckContext;

beforeAll(async () => {
  const portalPort = await getPort();
  stack = await startStack({ portalPort, probeSeconds: 1, leaseSeconds: 10 });
  [portal, browser] = await Promise.all([startPortal({ stack, port: portalPort }), launchBrowser()]);
  check = new CheckContext(stack, portal.url, browser);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await stack?.stop();
});

const words = {
  en: {
    all: 'All',
    mine: 'My Emails',
    retry: 'Retry',
    cancel: 'Cancel',
    undo: 'Undo',
    cause: 'unknown address',
    search: /^Search /,
    noMatch: 'No email matches. Clear filters.',
    selected: '3 selected',
    retried: /^3 retried: 3 sent$/,
    cancelled: '3 cancelled',
    filters: 'Filters',
    importance: 'High',
    done: 'Done',
  },
  fr: {
    all: 'Tout',
    mine: 'Mes courriels',
    retry: 'Nouvel essai',
    cancel: 'Annuler',
    undo: 'Rétablir',
    cause: 'adresse inconnue',
    search: /^Rechercher /,
    noMatch: 'Aucun courriel ne correspond. Effacer les filtres.',
    selected: '3 sélectionnés',
    retried: /^3 relancés\u00a0: 3 envoyés$/,
    cancelled: '3 annulés',
    filters: 'Filtres',
    importance: 'Élevé',
    done: 'Terminé',
  },
} as const;

describe.each(['en', 'fr'] as const)('the page in a browser, %s', (language) => {
  const word = words[language];
  let context: BrowserContext;
  let page: Page;
  const view = () => page.locator('outbox-view');
  const row = (id: string) => page.locator(`[data-email-id="${id}"]`);
  const find = (text: string) => view().getByRole('searchbox', { name: word.search }).fill(text);
  const range = () => view().locator('.range').innerText();

  beforeEach(async () => {
    [context, page] = await visitOutbox(browser, portal.url, language);
  });
  afterEach(() => context.close());

  /** Emails that the mail server refuses once each and takes afterwards, in the search by a word of their own. */
  async function refusedOnce(count: number, name: string): Promise<{ ids: string[]; name: string }> {
    const unique = `${name}${language}`;
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1) {
      const address = check.address(`${unique}-${made}`);
      check.sink.script({
        phase: 'rcpt',
        recipient: (it) => it === address,
        reply: '550 5.1.1 Not yet',
        times: 1,
      });
      ids.push(await check.submit(address, `${unique} ${made}`));
    }
    for (const id of ids) await check.row(id, 'it to fail', (it) => it.status === 'failed');
    return { ids, name: unique };
  }

  it('M4, M5: opens the view that was chosen last, on any machine', async () => {
    await saved(page, () => view().getByText(word.all, { exact: true }).click());
    const [elsewhere, other] = await visitOutbox(browser, portal.url, language);
    expect(await other.getByRole('radio', { name: word.all }).isChecked()).toBe(true);
    await elsewhere.close();
    await saved(page, () => view().getByText(word.mine, { exact: true }).click());
  });

  it('M3: shows as many emails as were chosen, and keeps the choice', async () => {
    const select = view().locator('.page-size select');
    await saved(page, () => select.selectOption('25'));
    await page.reload();
    await page.locator('[data-email-id]').first().waitFor();
    await eventually('the page size', async () => (await select.inputValue()) === '25' || null);
    expect(await range()).toMatch(/^1–\d+/);
    await saved(page, () => select.selectOption('50'));
  });

  it('B13, B11: filters by status, search and panel, and says when nothing matches', async () => {
    const { ids, name } = await refusedOnce(1, 'filter');
    await find(name);
    await eventually(
      'the one that is looked for',
      async () => (await range()) === `1–1 ${language === 'fr' ? 'sur' : 'of'} 1` || null,
    );
    await row(ids[0]!).waitFor();
    await view().locator('[part~=chip-queued]').click();
    await view().getByText(word.noMatch).waitFor();
    await view()
      .getByRole('button', { name: /^(Clear filters|Effacer les filtres)\.$/ })
      .click();
    await row(ids[0]!).waitFor();
    await view().getByRole('button', { name: word.filters }).click();
    await page.getByRole('dialog').getByRole('checkbox', { name: word.importance }).check();
    await page.getByRole('dialog').getByRole('button', { name: word.done }).click();
    await view().locator('.token').waitFor();
    await row(ids[0]!).waitFor({ state: 'detached' });
  });

  it('M8, B12: retries what is ticked, and says so until the mail has moved', async () => {
    const { ids, name } = await refusedOnce(3, 'retry');
    await find(name);
    await eventually('three rows', async () => (await page.locator('[data-email-id]').count()) === 3 || null);
    for (const id of ids) await row(id).getByRole('checkbox').check();
    await view().getByText(word.selected).waitFor();
    await view().locator('[data-bulk=retry]').click();
    await eventually('all of it to be sent', async () => {
      const text = await view().locator('.bulk-text').first().innerText();
      return word.retried.test(text) || null;
    });
    for (let index = 0; index < 3; index += 1) await check.accepted(check.address(`${name}-${index}`));
  });

  it('M8, B7: cancels what is ticked at once, and takes all of it back', async () => {
    const { ids, name } = await refusedOnce(3, 'cancel');
    await find(name);
    await eventually('three rows', async () => (await page.locator('[data-email-id]').count()) === 3 || null);
    for (const id of ids) await row(id).getByRole('checkbox').check();
    await view().locator('[data-bulk=cancel]').click();
    await view().locator('.notice').getByText(word.cancelled).waitFor();
    await view().locator('.notice').getByRole('button', { name: word.undo }).click();
    for (const id of ids) await check.row(id, 'it to be back', (it) => it.status === 'failed');
  });

  it('B3: groups failures by cause, filters by one and retries it', async () => {
    const { ids, name } = await refusedOnce(2, 'cause');
    await find(name);
    const cause = view().locator('[data-cause=unknown_user]');
    await eventually('the cause of both', async () => {
      const text = (await cause.count()) === 1 ? await cause.innerText() : '';
      return text.startsWith(`2 × ${word.cause}`) || null;
    });
    await cause.click();
    await row(ids[0]!).waitFor();
    await view().locator('.cause-retry').first().click();
    const question = page.getByRole('dialog');
    await eventually(
      'the count',
      async () => (await question.locator('[data-eligible]').innerText()) === '2' || null,
    );
    await question.locator('[data-answer=retry]').click();
    for (let index = 0; index < 2; index += 1) await check.accepted(check.address(`${name}-${index}`));
  });
});
