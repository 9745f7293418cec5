import { expect } from 'chai';
import { axeViolations } from '../testing/axe-violations.ts';
import { PageFixture, press, textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';
import { readState, writeState } from './view-state.ts';

describe('<outbox-view>, what the user chooses', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  const states = () => fixture.events.filter(({ type }) => type === 'outbox-state');
  const lastState = () => readState(String(states().at(-1)?.detail.state));
  afterEach(() => fixture.close());

  it('opens as it was left, in one request', async () => {
    fixture = new PageFixture(sampleEmails(30));
    fixture.service.preferences = { view: 'team', sort: 'subject', pageSize: 25 };
    await fixture.open();
    expect(fixture.service.requests.find(({ path }) => path.startsWith('/v1/outbox'))?.path).to.equal(
      '/v1/outbox',
    );
    await waitFor(() => textOf(fixture.page.querySelector('.range')) === '1–25 of 30');
    expect(fixture.page.querySelector<HTMLInputElement>('input[value=team]')?.checked).to.equal(true);
    await waitFor(() => fixture.page.querySelector<HTMLSelectElement>('.page-size select')?.value === '25');
  });

  it('keeps view, sort and page size for the next visit', async () => {
    const { service } = await open(sampleEmails(30));
    fixture.page.querySelector<HTMLElement>('input[value=all]')?.click();
    await waitFor(() => service.preferences.view === 'all');
    const sizes = fixture.page.querySelector('.page-size select') as HTMLSelectElement;
    sizes.value = '25';
    sizes.dispatchEvent(new Event('change'));
    await waitFor(() => service.preferences.pageSize === 25);
    const header = () => fixture.grid?.querySelector<HTMLElement>('.header [data-cell=subject] button');
    header()?.click();
    await waitFor(() => service.preferences.sort === 'subject');
    header()?.click();
    await waitFor(() => service.preferences.sort === '-subject');
    header()?.click();
    await waitFor(() => !('sort' in service.preferences));
  });

  it('tells the host where it is, and goes where the host says', async () => {
    const emails = sampleEmails(3);
    const { service, view } = await open(emails);
    expect(states().length).to.equal(0);
    fixture.page.querySelector<HTMLElement>('input[value=team]')?.click();
    await waitFor(() => states().length === 1);
    expect(lastState()).to.deep.include({ view: 'team', email: null });
    expect(view.getAttribute('state')).to.equal(states()[0]?.detail.state);
    fixture.page.querySelector<HTMLElement>('.chip[data-status=failed]')?.click();
    await waitFor(() => states().length === 2);
    expect(lastState().filter).to.deep.equal({ status: ['failed'] });
    view.setAttribute(
      'state',
      writeState({ view: 'system', sort: '-subject', filter: { search: 'report' }, email: null }),
    );
    await waitFor(() => service.last(/outbox\?.*view=system/)?.path.includes('sort=-subject'));
    await waitFor(() => fixture.page.querySelector<HTMLInputElement>('[type=search]')?.value === 'report');
    expect(states().length).to.equal(2);
    expect('view' in service.preferences && service.preferences.view).to.equal('team');
  });

  it('opens the email of a link, on this page or not', async () => {
    const email = sampleEmail();
    const state = writeState({ view: 'mine', sort: null, filter: {}, email: email.id });
    await open([email], { state });
    const popup = await fixture.popup();
    await waitFor(() => textOf(popup.querySelector('h2')) === email.subject);
    popup.querySelector('dialog')?.close();
    await waitFor(() => states().length > 0 && lastState().email === null);
  });

  it('acts by letters on the row that the keyboard is on', async () => {
    const emails = sampleEmails(2);
    const { service } = await open(emails);
    const cell = fixture.row(emails[1]!)?.querySelector<HTMLElement>('[role=gridcell]');
    cell?.focus();
    press(cell!, 'r');
    await waitFor(() => service.last(/retry$/)?.path === `/v1/emails/${emails[1]!.id}/retry`);
    press(cell!, '/');
    await waitFor(() => (fixture.page.activeElement as HTMLInputElement | null)?.type === 'search');
  });

  it('lists the keys under ?', async () => {
    const email = sampleEmail();
    await open([email]);
    const cell = fixture.row(email)?.querySelector<HTMLElement>('[role=gridcell]');
    cell?.focus();
    press(cell!, '?');
    const keys = await fixture.dialog('outbox-shortcuts');
    expect(textOf(keys)).to.contain('Keyboard shortcuts').and.contain('Select this page');
  });

  it('opens the settings, whose changes hold at once', async () => {
    await open([sampleEmail()]);
    (await fixture.found('[data-open=settings]')).click();
    const settings = await fixture.dialog('outbox-preferences');
    expect(textOf(settings)).to.contain('Send Retry Count');
  });

  describe('accessibility', () => {
    const clean = async () => expect(await axeViolations(fixture.view)).to.deep.equal([]);

    for (const theme of ['light', 'dark']) {
      it(`has no violation with chips, causes and a selection, ${theme}`, async () => {
        const emails = [
          sampleEmail(),
          sampleEmail({ status: 'queued' }),
          sampleEmail({ mayHaveBeenSent: true }),
        ];
        await open(emails, { theme });
        await fixture.found('.causes');
        await fixture.tick(emails[0]!, emails[1]!);
        await fixture.found('.selection-bar');
        await clean();
      });

      it(`has no violation in its dialogs, ${theme}`, async () => {
        const emails = [sampleEmail(), sampleEmail({ mayHaveBeenSent: true })];
        await open(emails, { theme });
        for (const name of ['filters', 'shortcuts']) {
          (await fixture.found(`[data-open=${name}]`)).click();
          const dialog = await fixture.dialog(
            name === 'filters' ? 'outbox-filter-panel' : 'outbox-shortcuts',
          );
          await clean();
          dialog.querySelector('dialog')?.close();
          await waitFor(() => !dialog.host.isConnected);
        }
        await fixture.tick(...emails);
        (await fixture.found('[data-bulk=retry]')).click();
        const question = await fixture.dialog('outbox-bulk-question');
        await waitFor(() => question.querySelector('[data-eligible]'));
        await clean();
      });

      it(`has no violation when nothing matches, and while an operation runs, ${theme}`, async () => {
        const emails = sampleEmails(3);
        const { service } = await open(emails, { theme });
        await fixture.tick(emails[0]!, emails[1]!);
        (await fixture.found('[data-bulk=cancel]')).click();
        await fixture.found('.bulk-line progress');
        await clean();
        service.emit({ type: 'bulk', operation: service.bulk.finish(service.bulk.operations[0]!.id) });
        fixture.page.querySelector<HTMLElement>('.chip[data-status=queued]')?.click();
        await fixture.found('.panel');
        await clean();
      });
    }
  });
});
