import { expect } from 'chai';
import { json, problem } from '../testing/fake-service.ts';
import { PageFixture, textOf } from '../testing/page-fixture.ts';
import { sampleAttempt, sampleDetail, sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-popup>', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  afterEach(() => fixture.close());
  const doubleClick = async (email: ReturnType<typeof sampleEmail>) => {
    const row = await fixture.shownRow(email);
    row.dispatchEvent(new MouseEvent('dblclick', { bubbles: true, composed: true }));
    return fixture.popup();
  };

  it('opens on a double click and shows everything known', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    const recipients = Array.from({ length: 12 }, (_, index) => ({
      kind: 'to' as const,
      name: '',
      address: `reader${index}@example.com`,
      state: index === 0 ? ('delivered' as const) : ('open' as const),
      reply: '',
    }));
    service.on((request) =>
      request.path === `/v1/emails/${email.id}` ? json(sampleDetail(email, { recipients })) : undefined,
    );
    service.on((request) =>
      request.path.endsWith('/attempts')
        ? json({
            items: [sampleAttempt(), sampleAttempt({ attemptNo: 2, result: 'uncertain', cause: null })],
          })
        : undefined,
    );
    const popup = await doubleClick(email);
    await waitFor(() => popup.querySelectorAll('.attempt').length === 2);
    const text = textOf(popup);
    for (const part of [
      email.subject,
      'grace@example.com',
      'reader0@example.com',
      'delivered',
      '2 more',
      'Check the address.',
      '550 5.1.1 No such user here',
      'Sales SMTP',
      '101342-T',
    ]) {
      expect(text).to.contain(part);
    }
    expect(textOf(popup.querySelector('.attempt'))).to.contain('May have been sent');
    const body = popup.querySelector('outbox-message-body')?.shadowRoot ?? null;
    await waitFor(() => textOf(body).includes('please find the report enclosed'));
  });

  it('opens by one click on the subject', async () => {
    const email = sampleEmail();
    await open([email]);
    fixture.row(email)?.querySelector<HTMLElement>('button.subject')?.click();
    expect(textOf((await fixture.popup()).querySelector('h2'))).to.equal(email.subject);
  });

  it('shows HTML in a sandboxed frame, and images only when asked', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    service.on((request) =>
      request.path === `/v1/emails/${email.id}` ? json(sampleDetail(email, { hasHtml: true })) : undefined,
    );
    service.on((request) =>
      request.path.endsWith('/preview')
        ? json({ url: `/p/${String((request.body as { images: boolean }).images)}`, expiresAt: '' })
        : undefined,
    );
    const popup = await doubleClick(email);
    const body = await waitFor(() => popup.querySelector('outbox-message-body')?.shadowRoot);
    const frame = await waitFor(() => body.querySelector('iframe'));
    expect(frame.src).to.equal('https://outbox.test/p/false');
    expect(frame.getAttribute('sandbox')).to.equal('allow-popups allow-popups-to-escape-sandbox');
    body.querySelector('button')?.click();
    await waitFor(() => frame.src === 'https://outbox.test/p/true');
  });

  it('retries from within', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    const popup = await doubleClick(email);
    const after = { ...email, version: 2, status: 'pending_retry' as const };
    service.on((request) => (request.path.endsWith('/retry') ? json({ email: after }) : undefined));
    popup.querySelector<HTMLElement>('[data-action=retry]')?.click();
    await waitFor(() => textOf(popup.querySelector('.state')).includes('Pending Retry'));
    expect(textOf(popup.querySelector('.state'))).not.to.contain('just changed');
  });

  it('says that the email has changed, and stays when it has left', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    const popup = await doubleClick(email);
    service.change({
      ...email,
      version: 2,
      status: 'pending_retry',
      can: { ...email.can, retry: 'being_sent' },
    });
    await waitFor(() => textOf(popup.querySelector('.state')).includes('This email has just changed.'));
    expect(popup.querySelector('[data-action=retry]')?.ariaDisabled).to.equal('true');
    service.remove(email.id, 'sent');
    await waitFor(() => textOf(popup.querySelector('.state')) === 'Sent');
    expect(popup.querySelector('[data-action=retry]')).to.equal(null);
    expect(textOf(popup.querySelector('.people')))
      .to.contain('delivered')
      .and.not.contain('refused');
  });

  it('offers Undo inside after a cancel', async () => {
    const email = sampleEmail();
    await open([email]);
    const popup = await doubleClick(email);
    popup.querySelector<HTMLElement>('[data-action=cancel]')?.click();
    await waitFor(() => textOf(popup.querySelector('.state')) === 'Cancelled');
    const slotted = popup.querySelector<HTMLSlotElement>('slot[name=notices]')?.assignedElements()[0] ?? null;
    await waitFor(() => textOf(slotted).includes('Undo'));
  });

  it('gives the focus back to the row when it closes', async () => {
    const emails = sampleEmails(3);
    await open(emails);
    const popup = await doubleClick(emails[1]!);
    popup.querySelector<HTMLElement>('[data-action=back]')?.click();
    await waitFor(() => fixture.page.querySelector('outbox-popup') === null);
    await waitFor(() => fixture.row(emails[1]!)?.contains(fixture.grid?.activeElement ?? null));
  });

  it('gives the focus to the next row when its own has gone', async () => {
    const emails = sampleEmails(3);
    const { service } = await open(emails);
    const popup = await doubleClick(emails[1]!);
    service.remove(emails[1]!.id, 'hidden');
    await waitFor(() => fixture.row(emails[1]!) === null);
    popup.querySelector('dialog')?.close();
    await waitFor(() => fixture.row(emails[2]!)?.contains(fixture.grid?.activeElement ?? null));
  });

  it('leads administrators to a disabled connector and tells others whom to ask', async () => {
    const email = sampleEmail({ status: 'connector_disabled' });
    fixture = new PageFixture([email], { 'connector-url': '/connectors/{id}' });
    fixture.service.roles = ['administrator'];
    await fixture.open();
    const popup = await doubleClick(email);
    const link = await waitFor(() => popup.querySelector<HTMLAnchorElement>('.failure a'));
    expect(link.getAttribute('href')).to.equal(`/connectors/${email.connector.id}`);
    fixture.close();
    await open([email], { 'connector-url': '/connectors/{id}' });
    const failure = (await doubleClick(email)).querySelector('.failure');
    expect(textOf(failure)).to.contain('Ask an administrator.');
    expect(failure?.querySelector('a')).to.equal(null);
  });

  it('opens an email that has just left with what is known of it, and offers no vain attempt to load it', async () => {
    const email = sampleEmail();
    const { service } = await open([email, sampleEmail()]);
    service.on((request) =>
      request.path.startsWith(`/v1/emails/${email.id}`) ? problem(404, 'not_found') : undefined,
    );
    service.remove(email.id, 'sent');
    await waitFor(() => fixture.text(email).includes('Sent'));
    const popup = await doubleClick(email);
    await waitFor(() => service.last(/\/attempts$/));
    await waitFor(() => textOf(popup).includes('Email Connector'));
    expect(textOf(popup)).not.to.contain('Try again');
  });
});
