import { expect } from 'chai';
import { GridFixture } from '../testing/grid-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';

describe('<outbox-grid>, keyboard', () => {
  let fixture: GridFixture;
  const open = (...args: ConstructorParameters<typeof GridFixture>) => {
    fixture = new GridFixture(...args);
    return fixture.open();
  };
  afterEach(() => fixture.close());

  it('has one cell in the Tab order, the subject of the first row until somebody has moved', async () => {
    const emails = sampleEmails(30);
    await open(emails);
    const stops = () => [...fixture.root.querySelectorAll<HTMLElement>('[role=grid] [tabindex="0"]')];
    expect(stops()).to.deep.equal([fixture.cell(emails[0]!, 'subject')]);
    await fixture.focusCell(emails[2]!, 'packet');
    expect(stops()).to.deep.equal([fixture.cell(emails[2]!, 'packet')]);
    const controls = fixture.root.querySelectorAll<HTMLElement>('[role=grid] :is(button, a, input)');
    expect([...controls].every((control) => control.tabIndex === -1)).to.equal(true);
  });

  it('moves over cells, rows and headers by arrows, and stays at the edges', async () => {
    const emails = sampleEmails(3);
    await open(emails);
    const [first, second] = emails;
    await fixture.focusCell(first!);
    const way: [string, string][] = [
      ['ArrowRight', `${first!.id} status`],
      ['ArrowDown', `${second!.id} status`],
      ['ArrowLeft', `${second!.id} subject`],
      ['ArrowUp', `${first!.id} subject`],
      ['ArrowUp', 'header subject'],
      ['ArrowUp', 'header subject'],
      ['ArrowLeft', 'header to'],
      ['ArrowLeft', 'header select'],
      ['ArrowLeft', 'header select'],
      ['ArrowDown', `${first!.id} select`],
      ['End', `${first!.id} cancel`],
      ['ArrowRight', `${first!.id} cancel`],
      ['Home', `${first!.id} select`],
    ];
    for (const [key, place] of way) {
      await fixture.press(key);
      expect(fixture.focus, key).to.equal(place);
    }
  });

  it('turns arrows round where writing runs from right to left', async () => {
    const [email] = sampleEmails(1);
    fixture = new GridFixture([email!]);
    fixture.grid.dir = 'rtl';
    await fixture.open();
    await fixture.focusCell(email!);
    await fixture.press('ArrowLeft');
    expect(fixture.focus).to.equal(`${email!.id} status`);
  });

  it('reaches the last of 500 rows, which was not rendered, and the first again', async () => {
    const emails = sampleEmails(500);
    await open(emails);
    await fixture.focusCell(emails[0]!);
    await fixture.press('End', { ctrlKey: true });
    expect(fixture.focus).to.equal(`${emails[499]!.id} cancel`);
    expect(
      fixture.cell(emails[499]!, 'cancel').closest('[role=row]')?.getAttribute('aria-rowindex'),
    ).to.equal('501');
    await fixture.press('PageUp');
    expect(emails.findIndex(({ id }) => fixture.focus.startsWith(`${id} `))).to.be.within(480, 495);
    await fixture.press('Home', { metaKey: true });
    expect(fixture.focus).to.equal(`${emails[0]!.id} select`);
    expect(fixture.root.querySelector('.scroller')?.scrollTop).to.equal(0);
  });

  it('keeps the focus when its row is scrolled out of sight, and goes on from there', async () => {
    const emails = sampleEmails(500);
    await open(emails);
    await fixture.focusCell(emails[1]!, 'to');
    const scroller = fixture.root.querySelector('.scroller')!;
    scroller.scrollTop = 12_000;
    await fixture.settled();
    expect(fixture.shownIds).to.include(emails[320]!.id).and.to.include(emails[1]!.id);
    expect(fixture.shownIds.length).to.be.lessThan(60);
    expect(fixture.focus).to.equal(`${emails[1]!.id} to`);
    await fixture.press('ArrowDown');
    expect(fixture.focus).to.equal(`${emails[2]!.id} to`);
    expect(scroller.scrollTop).to.be.lessThan(100);
  });

  it('leaves the focus to the row that took the place of one that has gone', async () => {
    const emails = sampleEmails(5);
    await open(emails);
    await fixture.focusCell(emails[2]!, 'packet');
    await fixture.show(emails.filter((_, index) => index !== 2));
    expect(fixture.focus).to.equal(`${emails[3]!.id} packet`);
    await fixture.show(emails.slice(0, 2));
    expect(fixture.focus).to.equal(`${emails[1]!.id} packet`);
  });

  it('opens by Enter, and presses the control of a cell that has one', async () => {
    const email = sampleEmail();
    await open([email]);
    await fixture.focusCell(email, 'to');
    await fixture.press('Enter');
    await fixture.focusCell(email, 'subject');
    await fixture.press('Enter');
    expect(fixture.opened).to.deep.equal([email, email]);
    for (const cell of ['packet', 'retry', 'cancel']) {
      await fixture.focusCell(email, cell);
      await fixture.press('Enter');
    }
    expect(fixture.acted).to.deep.equal(['packet', `retry ${email.id}`, `cancel ${email.id}`]);
    expect(fixture.opened.length).to.equal(2);
  });

  it('lets no key out that it handles, and all others', async () => {
    const email = sampleEmail();
    await open([email]);
    const heard: string[] = [];
    const hear = (event: KeyboardEvent) => heard.push(event.key);
    document.addEventListener('keydown', hear);
    try {
      await fixture.focusCell(email);
      for (const key of ['ArrowDown', 'Enter', ' ', 'End', 'r', 'x', 'F5', 'Tab']) await fixture.press(key);
      await fixture.press('r', { ctrlKey: true });
      await fixture.press('ArrowLeft', { altKey: true });
    } finally {
      document.removeEventListener('keydown', hear);
    }
    expect(heard).to.deep.equal(['x', 'F5', 'Tab', 'r', 'ArrowLeft']);
    expect(fixture.letters).to.deep.equal(['r', 'x']);
  });
});
