import { expect, it } from 'vitest';
import { launchBrowser } from './chromium.ts';

it('starts a real Chromium that runs scripts', async () => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.setContent('<p>Boîte d’envoi</p>');
    expect(await page.evaluate('document.querySelector("p").textContent')).toBe('Boîte d’envoi');
  } finally {
    await browser.close();
  }
}, 60_000);
