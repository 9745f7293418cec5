import type { OutboxEmail } from '@portal-outbox/contracts';
import { expect } from 'chai';
import { PageFixture, textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-view>, many emails at once', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  const bar = () => fixture.found('.selection-bar');
  const act = async (action: 'retry' | 'cancel') => {
    const button = await fixture.found(`[data-bulk=${action}]`);
    await waitFor(() => button.ariaDisabled === 'false');
    button.click();
  };
  const line = () => textOf(fixture.page.querySelector('.bulk-line'));
  const told = () => fixture.events.filter(({ type }) => type === 'outbox-changed').at(-1)?.detail as unknown;
  afterEach(() => fixture.close());

  /** Starts a bulk of the ticked rows and waits until the service has it. */
  const started = async (action: 'retry' | 'cancel', ...emails: OutboxEmail[]) => {
    await fixture.tick(...emails);
    await act(action);
    const { operations } = fixture.service.bulk;
    return waitFor(() => operations[0], 'the operation');
  };

  describe('selection', () => {
    it('says how many are ticked, and forgets them on request', async () => {
      const emails = sampleEmails(3);
      await open(emails);
      await fixture.tick(emails[0]!, emails[2]!);
      await waitFor(async () => textOf(await bar()).includes('2 selected'));
      (await bar()).querySelector('button')?.click();
      await waitFor(() => fixture.page.querySelector('.selection-bar') === null);
    });

    it('is kept across pages and ends with another view, filter or search', async () => {
      const emails = sampleEmails(60);
      await open(emails);
      await fixture.tick(emails[0]!);
      fixture.page.querySelector<HTMLElement>('[data-turn=next]')?.click();
      await fixture.shownRow(emails[50]!);
      await fixture.tick(emails[50]!);
      await waitFor(async () => textOf(await bar()).includes('2 selected'));
      fixture.page.querySelector<HTMLElement>('.chip[data-status=failed]')?.click();
      await waitFor(() => fixture.page.querySelector('.selection-bar') === null);
    });

    it('offers everything that matches once the page is ticked, and asks first', async () => {
      const emails = sampleEmails(60);
      const { service } = await open(emails);
      fixture.grid?.querySelector<HTMLElement>('.header input[type=checkbox]')?.click();
      await waitFor(async () => textOf(await bar()).includes('50 selected'));
      (await fixture.found('.select-everything')).click();
      await waitFor(async () => textOf(await bar()).includes('All 60 that match are selected'));
      await act('cancel');
      const question = await fixture.dialog('outbox-bulk-question');
      await waitFor(() => textOf(question.querySelector('[data-eligible]')) === '60');
      expect(textOf(question.querySelector('h3'))).to.equal('Cancel sending 60 emails?');
      expect(service.bulk.operations.length).to.equal(0);
      question.querySelector<HTMLElement>('[data-answer=cancel]')?.click();
      await waitFor(() => service.bulk.operations.length === 1);
      expect(service.last(/bulk$/)?.body).to.deep.equal({
        action: 'cancel',
        query: { view: 'mine', filter: {} },
        acceptDuplicate: false,
      });
      await waitFor(() => fixture.page.querySelector('.selection-bar') === null);
    });

    it('leaves an email out that has gone meanwhile', async () => {
      const emails = sampleEmails(3);
      const { service } = await open(emails);
      await fixture.tick(emails[0]!, emails[1]!);
      await waitFor(async () => textOf(await bar()).includes('2 selected'));
      service.remove(emails[0]!.id, 'sent');
      await waitFor(async () => textOf(await bar()).includes('1 selected'));
    });
  });

  describe('actions', () => {
    const refused = (): OutboxEmail =>
      sampleEmail({ can: { retry: 'retry_on_its_way', sendNow: 'nothing_to_bring_forward', cancel: true } });

    it('are off with the reason where no ticked email can take them', async () => {
      const email = refused();
      await open([email]);
      await fixture.tick(email);
      const retry = await fixture.found('[data-bulk=retry]');
      expect(retry.ariaDisabled).to.equal('true');
      expect(retry.title).to.equal('A retry is already on its way.');
      retry.click();
      await waitFor(() => textOf(fixture.page).includes('A retry is already on its way.'));
      expect(fixture.service.count('POST', /./)).to.equal(0);
    });

    it('say how many they are for, and go to those only', async () => {
      const emails = [sampleEmail(), refused(), sampleEmail()];
      const { service } = await open(emails);
      await fixture.tick(...emails);
      const retry = await fixture.found('[data-bulk=retry]');
      await waitFor(() => textOf(retry) === 'Retry (2)');
      expect(retry.title).to.equal('1 cannot: A retry is already on its way.');
      retry.click();
      await waitFor(() => service.bulk.operations.length === 1);
      expect(service.last(/bulk$/)?.body).to.have.deep.property('ids', [emails[0]!.id, emails[2]!.id]);
    });

    it('ask before a retry that may send twice, and leave those out unless told otherwise', async () => {
      const emails = [sampleEmail(), sampleEmail(), sampleEmail({ mayHaveBeenSent: true })];
      const { service } = await open(emails);
      await fixture.tick(...emails);
      await act('retry');
      const question = await fixture.dialog('outbox-bulk-question');
      await waitFor(() => textOf(question.querySelector('[data-eligible]')) === '2');
      expect(textOf(question)).to.contain('1 · It may have been sent');
      question.querySelector<HTMLElement>('[data-accept-duplicate]')?.click();
      await waitFor(() => textOf(question.querySelector('[data-eligible]')) === '3');
      question.querySelector<HTMLElement>('[data-answer=retry]')?.click();
      await waitFor(() => service.bulk.operations.length === 1);
      expect(service.last(/bulk$/)?.body).to.include({ acceptDuplicate: true });
    });

    it('do nothing when the question is answered with Back', async () => {
      const emails = [sampleEmail(), sampleEmail({ mayHaveBeenSent: true })];
      const { service } = await open(emails);
      await fixture.tick(...emails);
      await act('retry');
      const question = await fixture.dialog('outbox-bulk-question');
      question.querySelector<HTMLElement>('.foot button')?.click();
      await waitFor(() => fixture.page.querySelector('outbox-bulk-question') === null);
      expect(service.bulk.operations.length).to.equal(0);
    });

    it('of one ticked row are those of the row', async () => {
      const emails = sampleEmails(2);
      const { service } = await open(emails);
      await fixture.tick(emails[0]!);
      await act('cancel');
      await waitFor(() => service.last(/cancel$/)?.path === `/v1/emails/${emails[0]!.id}/cancel`);
    });
  });

  describe('under way', () => {
    it('shows how far it is and can be stopped', async () => {
      const emails = sampleEmails(4);
      const { service } = await open(emails);
      const operation = await started('retry', ...emails);
      service.emit({ type: 'bulk', operation: service.bulk.change(operation.id, { done: 1 }) });
      await waitFor(() => line().includes('Retrying: 1 of 4'));
      (await fixture.found('.bulk-line .button')).click();
      await waitFor(() => line().includes('Stopped. 1 retried'));
      expect(service.last(/stop$/)?.path).to.equal(`/v1/bulk/${operation.id}/stop`);
    });

    it('keeps its line until mail has really moved, and until it is dismissed', async () => {
      const emails = sampleEmails(3);
      const { service } = await open(emails);
      const { id } = await started('retry', ...emails);
      service.emit({ type: 'bulk', operation: service.bulk.finish(id) });
      await waitFor(() => line().includes('3 retried: 3 waiting'));
      expect(told()).to.deep.equal({ action: 'retry', ids: emails.map((email) => email.id), count: 3 });
      const mail = { sent: 1, failed: 1, waiting: 1, cancelled: 0 };
      service.emit({ type: 'bulk', operation: service.bulk.change(id, { mail }) });
      await waitFor(() => line().includes('3 retried: 1 sent, 1 failed again, 1 waiting'));
      (await fixture.found('.bulk-line [aria-label=Dismiss]')).click();
      await waitFor(() => fixture.page.querySelector('.bulk-line') === null);
      service.emit({
        type: 'bulk',
        operation: service.bulk.change(id, { mail: { ...mail, sent: 2, waiting: 0 } }),
      });
      service.change({ ...emails[0]!, version: 9, subject: 'After it' });
      await waitFor(() => fixture.text(emails[0]!).includes('After it'));
      expect(fixture.page.querySelector('.bulk-line') === null).to.equal(true);
    });

    it('says what was skipped and why', async () => {
      const emails = [sampleEmail(), sampleEmail(), sampleEmail({ subject: 'Busy one' })];
      const { service } = await open(emails);
      // It is taken in hand between the tick and the service's look.
      service.emails = [
        ...emails.slice(0, 2),
        { ...emails[2]!, can: { retry: 'being_sent', sendNow: 'being_sent', cancel: 'being_sent' } },
      ];
      const { id } = await started('retry', ...emails);
      service.emit({ type: 'bulk', operation: service.bulk.finish(id) });
      await waitFor(() => line().includes('2 retried: 2 waiting · 1 skipped'));
      (await fixture.found('.bulk-line .link')).click();
      const results = await fixture.dialog('outbox-bulk-results');
      await waitFor(() => textOf(results.querySelector('.results')).includes('Busy one'));
      expect(textOf(results.querySelector('.results'))).to.contain('Being sent right now.');
      expect(textOf(results.querySelector('.results'))).not.to.contain(emails[0]!.subject);
    });

    it('can be undone when it was a cancel', async () => {
      const emails = sampleEmails(3);
      const { service } = await open(emails);
      const { id } = await started('cancel', emails[0]!, emails[1]!);
      service.emit({ type: 'bulk', operation: service.bulk.finish(id) });
      const undo = await fixture.found('.notice-action');
      expect(textOf(fixture.page.querySelector('.notice'))).to.contain('2 cancelled');
      undo.click();
      await waitFor(() => service.last(/undo$/)?.path === `/v1/bulk/${id}/undo`);
      await waitFor(() => line().includes('Restoring: 0 of 2'));
      const restore = service.bulk.operations[0]!;
      service.emit({ type: 'bulk', operation: service.bulk.change(restore.id, { state: 'done', done: 2 }) });
      await waitFor(() => textOf(fixture.page).includes('2 restored'));
    });

    it('comes back on a later visit while mail still moves', async () => {
      const emails = sampleEmails(2);
      fixture = new PageFixture(emails);
      const { bulk } = fixture.service;
      bulk.finish(bulk.start({ action: 'retry' }, emails).id);
      await fixture.open();
      await waitFor(() => line().includes('2 retried: 2 waiting'));
    });

    it('says in French what it says in English', async () => {
      const emails = sampleEmails(3);
      const { service } = await open(emails, { lang: 'fr' });
      const { id } = await started('retry', ...emails);
      const mail = { sent: 1, failed: 0, waiting: 2, cancelled: 0 };
      service.emit({ type: 'bulk', operation: service.bulk.finish(id, { mail }) });
      await waitFor(
        () =>
          line().includes('3 relancés\u00a0: 1 envoyé, 2 en attente') ||
          line().includes('3 relancés : 1 envoyé, 2 en attente'),
      );
    });
  });
});
