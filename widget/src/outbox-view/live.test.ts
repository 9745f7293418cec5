import { expect } from 'chai';
import { PageFixture, textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-view>, live', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  afterEach(() => fixture.close());

  it('changes a row in place, and only to a newer version', async () => {
    const [first, second] = [sampleEmail({ version: 5 }), sampleEmail({ version: 5 })];
    const { service } = await open([first, second]);
    service.change({ ...second, version: 6, subject: 'Newer' });
    await waitFor(() => fixture.text(second).includes('Newer'));
    service.change({ ...second, version: 4, subject: 'Stale' });
    service.change({ ...first, version: 6, subject: 'After the stale one' });
    await waitFor(() => fixture.text(first).includes('After the stale one'));
    expect(fixture.text(second)).to.contain('Newer');
    expect((await fixture.rows()).map((row) => row.dataset['emailId'])).to.deep.equal([first.id, second.id]);
  });

  it('reads "Sent" on a row that leaves, then takes it out and refills the page', async () => {
    const emails = sampleEmails(52);
    const { service } = await open(emails);
    service.remove(emails[0]!.id, 'sent');
    await waitFor(() => fixture.text(emails[0]!).includes('Sent'));
    expect(fixture.row(emails[0]!)?.querySelector('[data-action]')).to.equal(null);
    await waitFor(() => fixture.row(emails[0]!) === null, 'the row to go');
    await waitFor(() => service.last(/limit=1&/), 'the refill');
    await waitFor(() => textOf(fixture.page.querySelector('.range')).startsWith('1–50 of'));
  });

  it('keeps a leaving row while somebody is at the rows', async () => {
    const emails = sampleEmails(2);
    const { service } = await open(emails);
    const body = fixture.grid?.querySelector('.body');
    body?.dispatchEvent(new PointerEvent('pointerenter'));
    const leftAt = performance.now();
    service.remove(emails[0]!.id, 'cancelled');
    await waitFor(() => fixture.text(emails[0]!).includes('Cancelled'));
    await waitFor(() => performance.now() - leftAt > 3300);
    expect(fixture.row(emails[0]!)).not.to.equal(null);
    body?.dispatchEvent(new PointerEvent('pointerleave'));
    await waitFor(() => fixture.row(emails[0]!) === null);
  });

  it('keeps incoming emails behind a button, which shows them', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    const newer = sampleEmail({ submittedAt: '2027-01-01T00:00:00Z', subject: 'Just in' });
    service.emails = [newer, email];
    service.emit({ type: 'row', email: newer, views: ['mine'] });
    const pill = await waitFor(() => fixture.page.querySelector<HTMLElement>('.incoming'));
    expect(textOf(pill)).to.equal('1 new');
    expect(fixture.row(newer)).to.equal(null);
    pill.click();
    await fixture.shownRow(newer);
    expect(fixture.page.querySelector('.incoming')).to.equal(null);
  });

  it('shows an incoming email at once where nothing was waiting', async () => {
    fixture = new PageFixture([]);
    fixture.start();
    await waitFor(
      () => textOf(fixture.page).includes('Nothing is waiting') && fixture.service.openStreams > 0,
    );
    const email = sampleEmail();
    fixture.service.emails = [email];
    fixture.service.emit({ type: 'row', email, views: ['mine'] });
    await fixture.shownRow(email);
  });

  it('takes out a row that is no longer in the view', async () => {
    const [first, second] = [sampleEmail(), sampleEmail()];
    const { service } = await open([first, second]);
    service.emit({ type: 'row', email: { ...first, version: 2 }, views: ['all'] });
    await waitFor(() => fixture.row(first) === null);
  });

  it('says that it is not live, switches actions off, and recovers by itself', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    service.isDown = true;
    service.breakLines();
    await waitFor(() => /Not live since \d\d:\d\d\. Reconnecting…/.test(textOf(fixture.page)));
    expect(fixture.text(email)).to.contain(email.subject);
    expect(fixture.button(email, 'cancel').ariaDisabled).to.equal('true');
    service.isDown = false;
    window.dispatchEvent(new Event('online'));
    await waitFor(() => !textOf(fixture.page).includes('Not live'));
    await waitFor(() => fixture.button(email, 'cancel').ariaDisabled === 'false');
  });

  it('resumes a broken stream from the last event', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    service.change({ ...email, version: 2 });
    service.breakLines();
    await waitFor(() => service.last(/changes/)?.lastEventId === '1');
    await waitFor(() => service.openStreams === 1);
  });

  it('comes back with a new token when the service calls the old one expired', async () => {
    const { service } = await open([sampleEmail()]);
    // A stream that ends within its first second waits before it opens again.
    const openedAt = performance.now();
    await waitFor(() => performance.now() - openedAt > 1000);
    fixture.nextToken = 'token-2';
    service.emit({ type: 'expired' });
    service.endStreams();
    await waitFor(() => service.last(/changes/)?.token === 'token-2');
    expect(textOf(fixture.page)).not.to.contain('Not live');
  });

  it('shows Connector Disabled at once when a connector is switched off, though no row got a new version', async () => {
    const email = sampleEmail({ status: 'pending_retry' });
    const { service } = await open([email]);
    service.emails = [{ ...email, status: 'connector_disabled' }];
    service.emit({ type: 'connector', id: email.connector.id });
    await waitFor(() => fixture.text(email).includes('Connector Disabled'));
  });

  it('reads the page again after a reset and after a connector changed, without losing the rows', async () => {
    const email = sampleEmail();
    const { service } = await open([email]);
    const row = await fixture.shownRow(email);
    const cell = row.querySelector<HTMLElement>('[data-cell=subject]');
    cell?.focus();
    service.emails = [{ ...email, version: 2, status: 'connector_disabled' }];
    service.emit({ type: 'connector', id: 'c1' });
    await waitFor(() => fixture.text(email).includes('Connector Disabled'));
    service.emails = [{ ...email, version: 3, status: 'pending_retry' }];
    service.emit({ type: 'reset' });
    await waitFor(() => fixture.text(email).includes('Pending Retry'));
    expect(fixture.grid?.activeElement === cell).to.equal(true);
  });
});
