import type { OutboxEmail } from '@portal-outbox/contracts';
import { expect } from 'chai';
import { PageFixture, press, textOf } from '../testing/page-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-view>, what it shows', () => {
  let fixture: PageFixture;
  const open = async (...args: ConstructorParameters<typeof PageFixture>) => {
    fixture = new PageFixture(...args);
    return fixture.open();
  };
  const chip = (status: string) => fixture.page.querySelector<HTMLElement>(`.chip[data-status=${status}]`);
  const search = (text: string) => {
    const field = fixture.page.querySelector<HTMLInputElement>('[type=search]')!;
    field.value = text;
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    return field;
  };
  const shownOnly = (email: OutboxEmail, other: OutboxEmail) =>
    waitFor(() => fixture.row(email) !== null && fixture.row(other) === null);
  afterEach(() => fixture.close());

  describe('status chips', () => {
    const failed = () => sampleEmail();
    const queued = () => sampleEmail({ status: 'queued', lastFailure: null });

    it('show how many emails have each status, live', async () => {
      const emails = [failed(), failed(), queued()];
      const { service } = await open(emails);
      await waitFor(() => textOf(chip('failed')) === 'Failed 2' && textOf(chip('queued')) === 'Queued 1');
      service.change({ ...emails[0]!, version: 2, status: 'pending_retry' });
      await waitFor(
        () => textOf(chip('failed')) === 'Failed 1' && textOf(chip('pending_retry')) === 'Pending Retry 1',
      );
    });

    it('are the status filter: pressed ones together, none shows all', async () => {
      const [one, other] = [failed(), queued()];
      const { service } = await open([one, other]);
      chip('queued')?.click();
      await shownOnly(other, one);
      expect(chip('queued')?.ariaPressed).to.equal('true');
      await waitFor(() => textOf(chip('failed')) === 'Failed 1');
      chip('failed')?.click();
      await waitFor(() => service.last(/status=failed&status=queued/));
      chip('failed')?.click();
      chip('queued')?.click();
      await waitFor(() => fixture.row(one) !== null && fixture.row(other) !== null);
    });

    it('leave an email at its place, greyed, when it no longer has the status', async () => {
      const emails = [failed(), failed()];
      const { service } = await open(emails);
      chip('failed')?.click();
      await waitFor(() => service.last(/status=failed/));
      await fixture.shownRow(emails[0]!);
      service.change({ ...emails[0]!, version: 2, status: 'pending_retry' });
      await waitFor(() => fixture.text(emails[0]!).includes('Pending Retry'));
      expect(fixture.row(emails[0]!)?.classList.contains('out')).to.equal(true);
      await waitFor(() => textOf(fixture.page.querySelector('.range')) === '1–1 of 1');
    });
  });

  describe('search', () => {
    it('waits for three characters, then shows what matches', async () => {
      const [one, other] = [sampleEmail({ subject: 'Invoice of May' }), sampleEmail({ subject: 'Minutes' })];
      const { service } = await open([one, other]);
      search('in');
      await waitFor(() => textOf(fixture.page).includes('Type 3 characters or more.'));
      search('inv');
      await shownOnly(one, other);
      expect(service.last(/search=/)?.path).to.contain('search=inv');
      expect(service.requests.some(({ path }) => /search=in(&|$)/.test(path))).to.equal(false);
    });

    it('says that nothing matches and offers the way back', async () => {
      const email = sampleEmail();
      await open([email]);
      search('nowhere');
      await waitFor(
        () => textOf(fixture.page.querySelector('.panel')) === 'No email matches. Clear filters.',
      );
      fixture.page.querySelector<HTMLElement>('.panel button')?.click();
      await fixture.shownRow(email);
      expect(fixture.page.querySelector<HTMLInputElement>('[type=search]')?.value).to.equal('');
    });

    it('keeps its keys to itself, and clears on Escape', async () => {
      const email = sampleEmail();
      await open([email]);
      const field = search('report');
      await waitFor(() => fixture.service.last(/search=report/));
      const heard: string[] = [];
      const listen = (event: Event) => heard.push((event as KeyboardEvent).key);
      document.addEventListener('keydown', listen);
      press(field, 'r');
      press(field, 'Escape');
      document.removeEventListener('keydown', listen);
      expect(heard).to.deep.equal([]);
      await waitFor(() => field.value === '');
    });
  });

  describe('causes', () => {
    const login = (changes: Partial<OutboxEmail> = {}) =>
      sampleEmail({ lastFailure: { cause: 'login_refused', reply: '535 5.7.8 No' }, ...changes });

    it('stand above the rows where something fails, the most frequent first', async () => {
      await open([login(), sampleEmail(), login()], { 'time-zone': 'UTC' });
      const bar = await fixture.found('.causes');
      const [first, second] = [...bar.querySelectorAll('.cause-choice')].map(textOf);
      expect(first).to.match(/^2 × login refused · Sales SMTP · since (12 Nov )?10:00$/);
      expect(second).to.match(/^1 × unknown address · Sales SMTP/);
    });

    it('do not stand there where nothing fails', async () => {
      await open([sampleEmail({ status: 'queued', lastFailure: null })]);
      await waitFor(() => fixture.service.count('GET', /causes/) > 0);
      expect(fixture.page.querySelector('.causes') === null).to.equal(true);
    });

    it('filter when pressed, keep their numbers, and end the filter when pressed again', async () => {
      const [one, other] = [login(), sampleEmail()];
      await open([one, other]);
      (await fixture.found('[data-cause=login_refused]')).click();
      await shownOnly(one, other);
      expect(fixture.service.last(/\/v1\/outbox\?/)?.path).to.contain('cause=login_refused&connector=c1');
      await waitFor(() => fixture.page.querySelectorAll('.cause').length === 2);
      (await fixture.found('[data-cause=login_refused][aria-pressed=true]')).click();
      await fixture.shownRow(other);
    });

    it('fold beyond two', async () => {
      const causes = ['login_refused', 'mailbox_full', 'too_large', 'refused'] as const;
      await open(causes.map((cause) => sampleEmail({ lastFailure: { cause, reply: '' } })));
      await waitFor(() => fixture.page.querySelectorAll('.cause').length === 2);
      const more = await fixture.found('.more-causes');
      expect(textOf(more)).to.equal('2 more causes');
      more.click();
      await waitFor(() => fixture.page.querySelectorAll('.cause').length === 4);
    });

    it('retry all of one cause, after the question', async () => {
      const { service } = await open([login(), login(), sampleEmail()]);
      (await fixture.found('.cause-retry')).click();
      const question = await fixture.dialog('outbox-bulk-question');
      await waitFor(() => textOf(question.querySelector('[data-eligible]')) === '2');
      question.querySelector<HTMLElement>('[data-answer=retry]')?.click();
      await waitFor(() => service.bulk.operations.length === 1);
      expect(service.last(/bulk$/)?.body).to.deep.equal({
        action: 'retry',
        query: { view: 'mine', filter: { cause: ['login_refused'], connector: ['c1'] } },
        acceptDuplicate: false,
      });
    });
  });

  describe('filters', () => {
    const openPanel = async () => {
      fixture.page.querySelector<HTMLElement>('[data-open=filters]')?.click();
      return fixture.dialog('outbox-filter-panel');
    };

    it('hold at once, can be seen and taken away again', async () => {
      const [one, other] = [sampleEmail({ importance: 'high' }), sampleEmail()];
      await open([one, other]);
      const panel = await openPanel();
      panel.querySelector<HTMLElement>('[data-filter=importance] [value=high]')?.click();
      await shownOnly(one, other);
      await waitFor(() => textOf(panel).includes('1 email matches'));
      panel.querySelector<HTMLElement>('[data-action=done]')?.click();
      await waitFor(() => fixture.page.querySelector('outbox-filter-panel') === null);
      const token = await fixture.found('.token');
      expect(textOf(token)).to.equal('Importance High');
      token.click();
      await fixture.shownRow(other);
    });

    it('offer the connectors, authors and causes that are there', async () => {
      const connector = { id: 'c2', name: 'Support SMTP', pausedUntil: null };
      await open([sampleEmail(), sampleEmail({ connector, author: { id: 'u2', name: 'Alan' } })]);
      const panel = await openPanel();
      const offered = (name: string) =>
        [...panel.querySelectorAll(`[data-filter=${name}] .choice`)].map(textOf);
      expect(offered('connector')).to.deep.equal(['Sales SMTP', 'Support SMTP']);
      expect(offered('author')).to.deep.equal(['Alan', 'Grace Hopper']);
      await waitFor(() => offered('cause').join() === 'unknown address');
    });

    it('take days in the user’s zone, the last one included', async () => {
      const { service } = await open([sampleEmail()], { 'time-zone': 'Europe/Paris' });
      const panel = await openPanel();
      const [from, to] = panel.querySelectorAll<HTMLInputElement>('[type=date]');
      from!.value = '2026-11-12';
      from!.dispatchEvent(new Event('change'));
      await waitFor(() => service.last(/submittedFrom=2026-11-11T23%3A00%3A00/));
      to!.value = '2026-11-12';
      to!.dispatchEvent(new Event('change'));
      await waitFor(() => service.last(/submittedTo=2026-11-12T23%3A00%3A00/));
      await waitFor(() => textOf(fixture.page.querySelector('.token')).endsWith('12 Nov 2026'));
    });

    it('show a hostile connector’s name as text', async () => {
      const hostile = '<img src=x onerror="globalThis.pwned = true">';
      await open([sampleEmail({ connector: { id: 'c9', name: hostile, pausedUntil: null } })]);
      const panel = await openPanel();
      expect(textOf(panel.querySelector('[data-filter=connector]'))).to.contain(hostile);
      expect(textOf(await fixture.found('.causes'))).to.contain(hostile);
      expect(globalThis).not.to.have.property('pwned');
    });
  });

  describe('pages', () => {
    it('go to the last page and say where one is', async () => {
      await open(sampleEmails(120));
      const turn = (name: string) => fixture.page.querySelector<HTMLElement>(`[data-turn=${name}]`);
      const range = () => textOf(fixture.page.querySelector('.range'));
      turn('last')?.click();
      await waitFor(() => range() === '101–120 of 120');
      expect(turn('last')?.ariaDisabled).to.equal('true');
      turn('previous')?.click();
      await waitFor(() => range() === '51–100 of 120');
      turn('first')?.click();
      await waitFor(() => range() === '1–50 of 120');
    });
  });
});
