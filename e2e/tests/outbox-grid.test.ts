import getPort from 'get-port';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startPortal, type RunningPortal } from '../portal/portal.ts';
import { launchBrowser } from '../stack/chromium.ts';
import { eventually } from '../stack/eventually.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { saved, visitOutbox } from './outbox-visit.ts';

let stack: Stack;
let portal: RunningPortal;
let browser: Browser;

beforeAll(async () => {
  const portalPort = await getPort();
  stack = await startStack({ portalPort });
  [portal, browser] = await Promise.all([startPortal({ stack, port: portalPort }), launchBrowser()]);
}, 90_000);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await stack?.stop();
});

const words = {
  en: {
    usual: [
      ...['To', 'Subject', 'Sent By', 'Send Status', 'Last Send Failure Message', 'Next Attempt To Send'],
      ...['Packet', 'Send Retry Count'],
    ],
    further: [
      ...[
        'Email Connector',
        'Importance',
        'System Generated',
        'Last Attempt To Send',
        'Logged',
        'Packet Type',
      ],
      ...['Attachment Count', 'From', 'Submitted'],
    ],
    settings: 'Outbox settings',
    reset: 'Reset columns',
    undo: 'Undo Send',
    moveUp: 'Move up: Send Status',
    close: 'Dismiss',
  },
  fr: {
    usual: [
      ...['À', 'Objet', 'Envoyé par', 'Statut de l’envoi', 'Message d’échec du dernier envoi'],
      ...['Prochaine tentative d’envoi', 'Paquet', 'Nombre de tentatives d’envoi'],
    ],
    further: [
      ...['Connecteur des courriels', 'Importance', 'Généré par le système', 'Dernière tentative d’envoi'],
      ...['Enregistré', 'Type de paquet', 'Nombre de pièces jointes', 'De', 'Créé le'],
    ],
    settings: 'Réglages de la boîte d’envoi',
    reset: 'Colonnes par défaut',
    undo: 'Annuler l’envoi',
    moveUp: 'Monter\u00a0: Statut de l’envoi',
    close: 'Fermer',
  },
} as const;

describe.each(['en', 'fr'] as const)('the grid in a browser, %s', (language) => {
  const word = words[language];
  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    [context, page] = await visitOutbox(browser, portal.url, language);
  });
  afterEach(() => context.close());

  it('M14: shows the usual columns, and all 17 where they are chosen', async () => {
    expect(await headers(page)).toEqual(word.usual);
    await page.getByRole('button', { name: word.settings }).click();
    const panel = page.getByRole('dialog', { name: word.settings });
    for (const name of word.further) await panel.getByRole('checkbox', { name, exact: true }).check();
    await panel.getByRole('button', { name: word.close }).click();
    await panel.waitFor({ state: 'hidden' });
    expect(await headers(page)).toEqual([...word.usual, ...word.further]);
    await page.getByRole('button', { name: word.settings }).click();
    await saved(page, () => page.getByRole('button', { name: word.reset }).click());
    expect(await headers(page)).toEqual(word.usual);
  });

  it('M13, M18: keeps columns, order, width and Undo Send for another machine', async () => {
    await page.getByRole('button', { name: word.settings }).click();
    const panel = page.getByRole('dialog', { name: word.settings });
    for (const locked of word.usual.slice(0, 2)) {
      expect(await panel.getByRole('checkbox', { name: locked, exact: true }).isDisabled()).toBe(true);
    }
    await panel.getByRole('checkbox', { name: word.usual[6], exact: true }).uncheck();
    await panel.getByRole('button', { name: word.moveUp }).click();
    await panel.getByRole('button', { name: word.moveUp }).click();
    await panel.getByRole('combobox', { name: word.undo }).selectOption('10');
    await panel.getByRole('button', { name: word.close }).click();
    let width = 0;
    await saved(page, async () => {
      width = await drag(page, word.usual[1], 70);
    });
    const usual: readonly string[] = word.usual;
    const chosen = usual.toSpliced(6, 1).toSpliced(3, 1).toSpliced(1, 0, word.usual[3]);
    expect(await headers(page)).toEqual(chosen);

    const [elsewhere, other] = await visitOutbox(browser, portal.url, language);
    expect(await headers(other)).toEqual(chosen);
    expect(await widthOf(other, word.usual[1])).toBe(width);
    await other.getByRole('button', { name: word.settings }).click();
    expect(await other.getByRole('combobox', { name: word.undo }).inputValue()).toBe('10');
    await saved(other, () => other.getByRole('button', { name: word.reset }).click());
    await saved(other, () => other.getByRole('combobox', { name: word.undo }).selectOption('0'));
    expect(await headers(other)).toEqual(word.usual);
    await elsewhere.close();
  });

  it('B13: copies the rows that keys have selected, with headers', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    // Failed emails stay where they are; others leave while we look.
    await page.locator('outbox-view [part~=chip-failed]').click();
    await eventually('failed emails alone', async () => {
      const rows = await page.locator('outbox-grid [data-email-id]').count();
      const failed = await page.locator('outbox-grid [data-status=failed]').count();
      return (rows > 3 && rows === failed) || null;
    });
    await tabToGrid(page);
    await page.keyboard.press('Space');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    expect(await page.locator('[role=row][aria-selected=true]').count()).toBe(3);
    await page.evaluate(`navigator.clipboard.writeText('')`);
    await page.keyboard.press('Control+c');
    const copied = await eventually('the rows in the clipboard', async () => {
      const text = await page.evaluate<string>('navigator.clipboard.readText()');
      return text.includes('\t') ? text : null;
    });
    const lines = copied.split(/\r?\n/).map((line) => line.split('\t'));
    expect(lines.length).toBe(4);
    expect(lines[0]).toEqual(word.usual);
    const subjects = await page.locator('[aria-selected=true] [part~=subject]').allInnerTexts();
    // An email without a subject leaves the cell empty.
    const texts = subjects.map((subject) => subject.replace(/^\((no subject|sans objet)\)$/, ''));
    expect(lines.slice(1).map((line) => line[1]?.replace(/^'/, ''))).toEqual(texts);
  });
});

async function headers(page: Page): Promise<string[]> {
  const names = page.locator('outbox-grid [role=columnheader][aria-label]');
  return names.evaluateAll((cells) => cells.map((cell) => cell.ariaLabel ?? ''));
}

async function widthOf(page: Page, header: string): Promise<number> {
  const box = await page.locator(`outbox-grid [role=columnheader][aria-label="${header}"]`).boundingBox();
  return Math.round(box?.width ?? 0);
}

/** Drags the header's edge with the mouse; returns the width that the column has then. */
async function drag(page: Page, header: string, distance: number): Promise<number> {
  const before = await widthOf(page, header);
  const edge = page.locator(`outbox-grid [role=columnheader][aria-label="${header}"] [part=resize]`);
  const box = await edge.boundingBox();
  if (!box) throw new Error('The header has no edge.');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await eventually('the drag to begin', async () => {
    await page.mouse.move(x + distance, y);
    await page.mouse.move(x + distance - 1, y);
    return (await widthOf(page, header)) > before || null;
  });
  await page.mouse.move(x + distance, y);
  await page.mouse.up();
  expect(await widthOf(page, header)).toBe(before + distance);
  return before + distance;
}

async function tabToGrid(page: Page): Promise<void> {
  await eventually('the grid to have the focus', async () => {
    await page.keyboard.press('Tab');
    const role = 'document.activeElement.shadowRoot?.activeElement?.shadowRoot?.activeElement?.role';
    return (await page.evaluate<string | null>(role)) === 'gridcell' || null;
  });
}
