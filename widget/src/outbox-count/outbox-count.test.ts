import { expect } from 'chai';
import { connect, disconnect } from '../count.ts';
import { FakeService } from '../testing/fake-service.ts';
import { textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-count>', () => {
  let service: FakeService;
  let element: HTMLElement;
  const open = (emails: ReturnType<typeof sampleEmails>, attributes: Record<string, string> = {}) => {
    service = new FakeService(emails);
    element = document.createElement('outbox-count');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    document.body.append(element);
    connect({ serviceUrl: 'https://outbox.test', getToken: () => 'token' });
  };
  const number = () => textOf(element.shadowRoot?.querySelector('[part=number]') ?? null);
  afterEach(() => {
    disconnect();
    element.remove();
    service.restoreFetch();
  });

  it('shows the total, marks failures, and follows changes', async () => {
    open(sampleEmails(3));
    await waitFor(() => number() === '3');
    expect(element.shadowRoot?.querySelector('.failed')).to.equal(null);
    service.emails = [...service.emails, sampleEmail()];
    service.failed = 1;
    await waitFor(() => service.openStreams > 0);
    service.emit({ type: 'row', email: sampleEmail(), views: ['mine'] });
    await waitFor(() => number() === '4');
    expect(element.shadowRoot?.querySelector('.failed')).not.to.equal(null);
  });

  it('counts the view that it is pinned to', async () => {
    open(sampleEmails(1), { view: 'team' });
    await waitFor(() => number() === '1');
    expect(service.last(/count/)?.path).to.equal('/v1/outbox/count?view=team');
  });

  it('shows nothing for an empty outbox when told so, and nothing after signing out', async () => {
    open([], { 'hide-zero': '' });
    await waitFor(() => service.count('GET', /count/) === 1);
    expect(textOf(element.shadowRoot)).to.equal('');
    element.removeAttribute('hide-zero');
    await waitFor(() => number() === '0');
    disconnect();
    await waitFor(() => textOf(element.shadowRoot) === '');
  });
});
