// Longer than 300 lines: what one page does, in the order in which a person meets it.
import type { OutboxEmail } from '@portal-outbox/contracts';
import { expect } from 'chai';
import { connect } from '../outbox.ts';
import { json, problem } from '../testing/fake-service.ts';
import { PageFixture, press, textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-view>', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  afterEach(() => fixture.close());

  describe('rows', () => {
    it('shows recipient, subject, status, failure, packet and count of each email', async () => {
      const email = sampleEmail({ to: { first: { name: 'Ada', address: 'ada@example.com' }, count: 40 } });
      await open([email]);
      const text = fixture.text(email);
      for (const part of [
        'Ada +39',
        email.subject,
        'Failed',
        'The address does not exist. 550 5.1.1',
        '101342-T',
        '3',
      ]) {
        expect(text).to.contain(part);
      }
    });

    it('renders only the rows in sight of a page of 500', async () => {
      const { service, view } = await open(sampleEmails(600));
      const sizes = fixture.page.querySelector('select') as HTMLSelectElement;
      sizes.value = '500';
      sizes.dispatchEvent(new Event('change'));
      await waitFor(() => service.last(/limit=500/));
      await waitFor(() => textOf(fixture.page.querySelector('.range')) === '1–500 of 600');
      expect((await fixture.rows()).length).to.be.within(10, 120);
      expect(fixture.grid?.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).to.equal('601');
      expect(view.isConnected).to.equal(true);
    });

    it('shows a hostile subject, name and server reply as text', async () => {
      const hostile = '<img src=x onerror="globalThis.pwned = true">';
      const email = sampleEmail({
        subject: hostile,
        to: { first: { name: hostile, address: 'a@example.com' }, count: 1 },
        lastFailure: { cause: 'refused', reply: hostile },
      });
      await open([email]);
      expect(fixture.text(email).split(hostile).length - 1).to.equal(3);
      expect(fixture.row(email)?.querySelector('img')).to.equal(null);
      expect(globalThis).not.to.have.property('pwned');
    });

    it('calls a doubtful failure "may have been sent" and a claimed email "Being sent"', async () => {
      const doubtful = sampleEmail({ mayHaveBeenSent: true });
      const claimed = sampleEmail({ status: 'pending_retry', beingSent: true });
      await open([doubtful, claimed]);
      expect(fixture.text(doubtful)).to.contain('Failed').and.contain('may have been sent');
      expect(fixture.text(claimed)).to.contain('Pending Retry').and.contain('Being sent');
    });

    it('says what is wrong with a disabled and with a paused connector', async () => {
      const disabled = sampleEmail({ status: 'connector_disabled' });
      const pausedUntil = new Date(Date.now() + 600_000).toISOString();
      const connector = { id: 'c1', name: 'Sales SMTP', pausedUntil };
      const paused = sampleEmail({ status: 'pending_retry', connector, nextAttemptAt: pausedUntil });
      await open([disabled, paused]);
      expect(fixture.text(disabled)).to.contain(
        'The Email connector is disabled. Please enable it and try again.',
      );
      expect(fixture.text(paused)).to.match(/Sales SMTP does not answer\. Next check .*\d\d:\d\d\./);
      expect(fixture.text(paused)).to.contain('in 10 min');
    });

    it('says in French what it says in English', async () => {
      const email = sampleEmail();
      await open([email], { lang: 'fr' });
      const page = textOf(fixture.page);
      for (const word of ['Boîte d’envoi', '1 courriel', 'Les courriels de mon équipe']) {
        expect(page).to.contain(word);
      }
      expect(textOf(fixture.grid)).to.contain('Prochaine tentative d’envoi');
      expect(fixture.text(email)).to.contain('Échec').and.contain('L’adresse n’existe pas.');
      expect(fixture.button(email, 'cancel').ariaLabel).to.equal(`Annuler l’envoi\u00a0: ${email.subject}`);
    });

    it('follows the language of the document', async () => {
      document.documentElement.lang = 'fr';
      try {
        await open([sampleEmail()]);
        expect(textOf(fixture.page)).to.contain('Boîte d’envoi');
        document.documentElement.lang = 'en';
        await waitFor(() => textOf(fixture.page).includes('Outbox'));
      } finally {
        document.documentElement.removeAttribute('lang');
      }
    });

    it('turns pages by the cursors of the service', async () => {
      const emails = sampleEmails(60);
      await open(emails);
      const turn = (name: string) => fixture.page.querySelector<HTMLElement>(`[data-turn=${name}]`);
      expect(turn('previous')?.getAttribute('aria-disabled')).to.equal('true');
      turn('next')?.click();
      await waitFor(() => textOf(fixture.page.querySelector('.range')) === '51–60 of 60');
      await fixture.shownRow(emails[50]!);
      turn('previous')?.click();
      await waitFor(() => textOf(fixture.page.querySelector('.range')) === '1–50 of 60');
    });

    it('asks for the emails of the view that is chosen', async () => {
      const { service } = await open([sampleEmail()]);
      fixture.page.querySelector<HTMLElement>('input[value=all]')?.click();
      await waitFor(() => service.last(/\/v1\/outbox\?.*view=all/));
    });
  });

  describe('actions', () => {
    it('retries a row, says so, and tells the host', async () => {
      const email = sampleEmail();
      const { service } = await open([email]);
      const after = { ...email, version: 2, status: 'pending_retry' as const };
      service.on((request) => (request.path.endsWith('/retry') ? json({ email: after }) : undefined));
      fixture.button(email, 'retry').click();
      await waitFor(() => fixture.text(email).includes('Pending Retry'));
      expect(service.last(/retry$/)?.path).to.equal(`/v1/emails/${email.id}/retry`);
      await waitFor(() => textOf(fixture.page).includes(`Retry asked for: ${email.subject}`));
      expect(fixture.events.at(-1)?.detail).to.deep.equal({ action: 'retry', ids: [email.id], count: 1 });
    });

    it('cancels without asking and restores by Undo', async () => {
      const email = sampleEmail();
      const { service } = await open([email, sampleEmail()]);
      fixture.button(email, 'cancel').click();
      await waitFor(() => fixture.text(email).includes('Cancelled'));
      const restored = { ...email, version: 3 };
      service.on((request) => (request.path.endsWith('/restore') ? json({ email: restored }) : undefined));
      const undo = await waitFor(() => fixture.page.querySelector<HTMLElement>('.notice-action'));
      expect(textOf(undo)).to.equal('Undo');
      undo.click();
      await waitFor(() => fixture.text(email).includes('Failed'));
      expect(service.last(/restore$/)?.path).to.equal(`/v1/emails/${email.id}/restore`);
    });

    it('offers only what is possible, and says why not', async () => {
      const email = sampleEmail({
        status: 'connector_disabled',
        can: { retry: 'connector_disabled', sendNow: 'connector_disabled', cancel: true },
      });
      const { service } = await open([email]);
      const retry = fixture.button(email, 'retry');
      expect(retry.ariaDisabled).to.equal('true');
      expect(retry.title).to.equal('Sales SMTP is disabled. An administrator must enable it.');
      retry.click();
      await waitFor(() => textOf(fixture.page).includes('An administrator must enable it.'));
      expect(service.count('POST', /./)).to.equal(0);
    });

    const openQuestion = () =>
      fixture.page
        .querySelector('outbox-doubt')
        ?.shadowRoot?.querySelector<HTMLDialogElement>('dialog[open]');

    it('asks before it retries what may have been sent, and then accepts the duplicate', async () => {
      const email = sampleEmail({ mayHaveBeenSent: true });
      const { service } = await open([email]);
      fixture.button(email, 'retry').click();
      const question = await waitFor(openQuestion);
      expect(textOf(question)).to.contain('the recipient may get it twice');
      expect(service.count('POST', /retry/)).to.equal(0);
      question.querySelector<HTMLElement>('[data-answer=retry]')?.click();
      await waitFor(() => service.last(/retry$/));
      expect(service.last(/retry$/)?.body).to.deep.equal({ acceptDuplicate: true });
    });

    it('leaves it alone when the question is answered with Back', async () => {
      const email = sampleEmail({ mayHaveBeenSent: true });
      const { service } = await open([email]);
      fixture.button(email, 'retry').click();
      const question = await waitFor(openQuestion);
      question.querySelector<HTMLElement>('[data-answer=back]')?.click();
      await waitFor(() => !openQuestion());
      expect(service.count('POST', /retry/)).to.equal(0);
    });

    it('shows what the service knows after a refusal', async () => {
      const email = sampleEmail();
      const { service } = await open([email]);
      service.emails = [{ ...email, version: 5, beingSent: true, status: 'pending_retry' }];
      service.on((request) => (request.path.endsWith('/cancel') ? problem(409, 'being_sent') : undefined));
      fixture.button(email, 'cancel').click();
      await waitFor(() => textOf(fixture.page.querySelector('.notice')).includes('Being sent right now.'));
      await waitFor(() => fixture.text(email).includes('Being sent'));
    });

    it('lets the host take over a packet', async () => {
      const email = sampleEmail();
      await open([email], { 'packet-url': '/packets/{ref}' });
      const link = fixture.row(email)?.querySelector<HTMLAnchorElement>('a.packet');
      expect(link?.getAttribute('href')).to.equal('/packets/101342-T');
      let detail: unknown = null;
      document.addEventListener(
        'outbox-open-packet',
        (event) => {
          detail = (event as CustomEvent).detail;
          event.preventDefault();
        },
        { once: true },
      );
      link?.click();
      expect(detail).to.deep.equal({ ref: '101342-T', type: 'ticket', url: '/packets/101342-T' });
    });

    it('makes no link of an address that is not http', async () => {
      const email = sampleEmail({ packet: { ref: 'X', type: 'case', url: 'javascript:alert(1)' } });
      await open([email]);
      expect(fixture.row(email)?.querySelector('a')).to.equal(null);
      expect(fixture.row(email)?.querySelector('button.packet')).not.to.equal(null);
    });
  });

  describe('keyboard', () => {
    it('moves one Tab stop over the rows, opens on Enter, and comes back to the row', async () => {
      const emails = sampleEmails(30);
      await open(emails);
      const cell = (email: OutboxEmail) =>
        fixture.row(email)?.querySelector<HTMLElement>('[data-cell=subject]') ?? null;
      cell(emails[0]!)?.focus();
      press(fixture.grid!.activeElement!, 'ArrowDown');
      await waitFor(() => fixture.grid?.activeElement === cell(emails[1]!));
      expect(fixture.grid?.querySelectorAll('[role=grid] [tabindex="0"]').length).to.equal(1);
      press(fixture.grid!.activeElement!, 'Enter');
      const popup = await fixture.popup();
      await waitFor(() => textOf(popup.querySelector('h2')) === emails[1]!.subject);
      popup.querySelector('dialog')?.close();
      await waitFor(() => fixture.grid?.activeElement === cell(emails[1]!));
    });
  });

  describe('session', () => {
    it('asks the host for a new token once, however many requests are refused', async () => {
      fixture = new PageFixture([sampleEmail()]);
      fixture.service.validTokens = new Set(['token-2']);
      fixture.start();
      await waitFor(() => fixture.tokensAsked === 1);
      fixture.nextToken = 'token-2';
      await fixture.rows();
      expect(fixture.tokensAsked).to.equal(2);
      expect(fixture.service.count('GET', /\/v1\/(outbox|me)/)).to.be.greaterThan(2);
    });

    it('says that the session has ended when the new token is refused too, and begins again with connect()', async () => {
      fixture = new PageFixture([sampleEmail()]);
      fixture.service.validTokens = new Set(['other']);
      fixture.start();
      await waitFor(() => textOf(fixture.page).includes('Your session has ended. Sign in again.'));
      expect(fixture.events.map((event) => event.detail.code)).to.deep.equal(['unauthenticated']);
      fixture.nextToken = 'other';
      fixture.page.querySelector<HTMLElement>('.panel button')?.click();
      await fixture.rows();
    });

    it('clears every row when another user signs in, and when one signs out', async () => {
      const email = sampleEmail();
      await open([email]);
      fixture.service.emails = [sampleEmail({ subject: 'For somebody else' })];
      connect({ serviceUrl: 'https://outbox.test', getToken: () => 'token-b' });
      await fixture.view.updateComplete;
      expect(fixture.text(email)).to.equal('');
      await waitFor(() => textOf(fixture.grid).includes('For somebody else'));
      fixture.close();
      await waitFor(() => !textOf(fixture.page).includes('For somebody else'));
      expect(fixture.grid?.querySelectorAll('[data-email-id]').length ?? 0).to.equal(0);
    });

    it('says that nothing waits, and that there is no team', async () => {
      fixture = new PageFixture([]);
      fixture.start();
      await waitFor(() => textOf(fixture.page).includes('Nothing is waiting. Every email has left.'));
      fixture.close();
      fixture = new PageFixture([]);
      fixture.service.view = 'team';
      fixture.service.hasTeam = false;
      fixture.start();
      await waitFor(() => textOf(fixture.page).includes('You have no team in this portal yet.'));
    });

    it('offers to try again when the service cannot be reached', async () => {
      fixture = new PageFixture([sampleEmail()]);
      fixture.service.isDown = true;
      fixture.start();
      const again = await waitFor(() => fixture.page.querySelector<HTMLElement>('.panel button'));
      fixture.service.isDown = false;
      again.click();
      await fixture.rows();
    });
  });
});
