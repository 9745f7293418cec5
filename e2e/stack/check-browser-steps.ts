import type { CheckStep } from './check.ts';
import { eventually } from './eventually.ts';

/** A person's way through the page, in a real Chromium. */
export const browserSteps: readonly CheckStep[] = [
  {
    title: 'Seen in the browser: the Outbox of a signed-in team leader',
    needsSink: false,
    run: async (context) => {
      const page = await context.page();
      const shown = await page.locator('[data-email-id]').count();
      const statuses = await page
        .locator('[data-email-id]')
        .evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute('data-status')))]);
      const [count] = (await page.locator('outbox-count .count').first().innerText()).split('\n');
      return [
        `${page.url()}: Emails › Outbox ${count ?? ''}, ${shown} rows drawn, statuses ${statuses.join(', ')}`,
      ];
    },
  },
  {
    title: 'Retried in the popup: double-click, Retry, gone without a reload',
    needsSink: true,
    run: async (context) => {
      const address = context.address('moved');
      context.sink.script({
        phase: 'rcpt',
        recipient: (it) => it === address,
        reply: '550 5.1.1 Mailbox moved, ask again',
        times: 1,
      });
      const id = await context.submit(address, 'To a mailbox that is being moved');
      const failed = await context.row(id, 'the email to fail', (it) => it.status === 'failed');
      const lines = [`attempt 1: Failed, "${failed.lastFailure?.reply ?? ''}"`];

      const page = await context.page();
      await page.reload();
      const row = page.locator(`[data-email-id="${id}"]`);
      await row.waitFor();
      let reloads = 0;
      page.on('framenavigated', (frame) => (reloads += frame === page.mainFrame() ? 1 : 0));
      lines.push(`in the browser: a row with status ${await row.getAttribute('data-status')}`);

      await row.getByText('Failed', { exact: true }).first().dblclick();
      const popup = page.getByRole('dialog');
      await popup.waitFor();
      await popup.getByRole('button', { name: /^Retry\b/ }).click();

      const message = await context.accepted(address);
      lines.push(`Retry pressed in the popup; attempt 2 reached the mail server: "${message.reply}"`);
      await page.keyboard.press('Escape');
      // While pointer or focus is on the rows, what has left stays in its place.
      await page.mouse.move(1, 1);
      await page.evaluate('document.activeElement.blur()');
      await row.waitFor({ state: 'detached', timeout: 20_000 });
      if (reloads > 0) throw new Error('The page was reloaded.');
      lines.push('the row left the page by itself');
      return lines;
    },
  },
  {
    title: 'Live: a change made elsewhere shows in the page',
    needsSink: false,
    run: async (context) => {
      const sendAt = new Date(Date.now() + 3600_000).toISOString();
      const id = await context.submit(context.address('later'), 'For the end of the day', { sendAt });
      const page = await context.page();
      await page.reload();
      const row = page.locator(`[data-email-id="${id}"]`);
      await row.waitFor();
      await context.leader.cancel(id);
      const cancelledAt = performance.now();
      await eventually('the row to leave the page or say that it is cancelled', async () =>
        (await row.count()) === 0 || /Cancelled/.test(await row.innerText()) ? true : undefined,
      );
      return [
        `cancelled by another client, seen in the page after ${Math.round(performance.now() - cancelledAt)} ms`,
      ];
    },
  },
];
