import { expect } from 'chai';
import { GridFixture, rowsOf } from '../testing/grid-fixture.ts';
import { sampleEmails } from '../testing/sample-emails.ts';

describe('<outbox-grid>, selection', () => {
  let fixture: GridFixture;
  const open = (...args: ConstructorParameters<typeof GridFixture>) => {
    fixture = new GridFixture(...args);
    return fixture.open();
  };
  const ids = (...places: number[]) => places.map((place) => emails[place]!.id);
  let emails = sampleEmails(0);
  beforeEach(() => {
    emails = sampleEmails(8);
    return open(emails);
  });
  afterEach(() => fixture.close());

  it('selects by the box, and says so to a screen reader', async () => {
    fixture.box(emails[1]!).click();
    await fixture.settled();
    expect(fixture.selected).to.deep.equal(ids(1));
    expect(fixture.box(emails[1]!).checked).to.equal(true);
    const row = fixture.box(emails[1]!).closest('[role=row]');
    expect(row?.getAttribute('aria-selected')).to.equal('true');
    expect(fixture.box(emails[1]!).ariaLabel).to.equal(`Select: ${emails[1]!.subject}`);
    fixture.box(emails[1]!).click();
    await fixture.settled();
    expect(fixture.selected).to.deep.equal([]);
  });

  it('takes a click beside the box for one on it', async () => {
    await fixture.click(fixture.cell(emails[0]!, 'select'));
    expect(fixture.selected).to.deep.equal(ids(0));
    expect(fixture.box(emails[0]!).checked).to.equal(true);
  });

  it('only moves the focus by a single click', async () => {
    await fixture.click(fixture.cell(emails[0]!, 'to'));
    expect(fixture.selected).to.deep.equal([]);
    expect(fixture.opened).to.deep.equal([]);
  });

  it('sets all boxes up to a shift-clicked one as that one', async () => {
    await fixture.click(fixture.box(emails[1]!));
    await fixture.click(fixture.box(emails[4]!), { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(1, 2, 3, 4));
    await fixture.click(fixture.box(emails[2]!), { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(1));
  });

  it('selects by Control or Command on a row, its subject too, without opening it', async () => {
    await fixture.click(fixture.cell(emails[1]!, 'status'), { ctrlKey: true });
    await fixture.click(fixture.cell(emails[3]!, 'subject').querySelector('button')!, { metaKey: true });
    expect(fixture.selected).to.deep.equal(ids(1, 3));
    expect(fixture.opened).to.deep.equal([]);
  });

  it('moves the end of a range by further shift-clicks, and keeps what else is selected', async () => {
    await fixture.click(fixture.cell(emails[7]!, 'to'), { ctrlKey: true });
    await fixture.click(fixture.cell(emails[1]!, 'to'));
    await fixture.click(fixture.cell(emails[4]!, 'to'), { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(1, 2, 3, 4, 7));
    await fixture.click(fixture.cell(emails[0]!, 'to'), { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(0, 1, 7));
  });

  it('acts by an action’s own button whatever key is held', async () => {
    await fixture.click(fixture.cell(emails[0]!, 'cancel').querySelector('button')!, { shiftKey: true });
    expect(fixture.acted).to.deep.equal([`cancel ${emails[0]!.id}`]);
    expect(fixture.selected).to.deep.equal([]);
  });

  it('selects by Space, on by Shift and arrows, the page by Control and A, and nothing by Escape', async () => {
    await fixture.focusCell(emails[2]!);
    await fixture.press(' ');
    expect(fixture.selected).to.deep.equal(ids(2));
    await fixture.press('ArrowDown', { shiftKey: true });
    await fixture.press('ArrowDown', { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(2, 3, 4));
    await fixture.press('ArrowUp', { shiftKey: true });
    expect(fixture.selected).to.have.members(ids(2, 3));
    await fixture.press('a', { ctrlKey: true });
    expect(fixture.selected.length).to.equal(8);
    const escape = await fixture.press('Escape');
    expect(fixture.selected).to.deep.equal([]);
    expect(escape.defaultPrevented).to.equal(true);
    expect((await fixture.press('Escape')).defaultPrevented).to.equal(false);
  });

  it('selects and deselects this page alone by the header’s box', async () => {
    fixture.grid.selected = new Set(['on another page', emails[3]!.id]);
    await fixture.settled();
    const all = fixture.header('select').querySelector('input')!;
    expect([all.checked, all.indeterminate]).to.deep.equal([false, true]);
    all.click();
    await fixture.settled();
    expect([all.checked, all.indeterminate]).to.deep.equal([true, false]);
    expect(fixture.selected.length).to.equal(9);
    all.click();
    await fixture.settled();
    expect(fixture.selected).to.deep.equal(['on another page']);
  });

  it('does not select a row that has left', async () => {
    const [gone, ...others] = rowsOf(emails);
    fixture.grid.rows = [{ ...gone!, left: 'sent', leftAt: 1 }, ...others];
    await fixture.settled();
    expect(fixture.box(emails[0]!).disabled).to.equal(true);
    await fixture.click(fixture.cell(emails[0]!, 'to'), { ctrlKey: true });
    fixture.header('select').querySelector('input')!.click();
    await fixture.settled();
    expect(fixture.selected).to.deep.equal(ids(1, 2, 3, 4, 5, 6, 7));
  });

  it('leaves the boxes as they were when the page does not take the selection', async () => {
    fixture.select = () => undefined;
    fixture.box(emails[1]!).click();
    fixture.header('select').querySelector('input')!.click();
    await fixture.settled();
    expect(fixture.box(emails[1]!).checked).to.equal(false);
    expect(fixture.header('select').querySelector('input')!.checked).to.equal(false);
  });

  it('keeps the boxes true to the selection when the page changes', async () => {
    await fixture.click(fixture.box(emails[1]!));
    const [a, b] = sampleEmails(2);
    await fixture.show([a!, b!]);
    expect([fixture.box(a!).checked, fixture.box(b!).checked]).to.deep.equal([false, false]);
    await fixture.show(emails);
    expect(fixture.box(emails[1]!).checked).to.equal(true);
  });

  it('copies the selected rows, of other pages too, with headers and without formulas', async () => {
    const [hostile, quoted] = sampleEmails(2);
    hostile!.subject = '=HYPERLINK("https://evil.test")';
    quoted!.subject = 'Two\tcells\nand a line';
    fixture.grid.columns = ['status', 'failureMessage', 'nextAttemptAt', 'packet'].map((id) => ({
      id,
      shown: false,
    }));
    await fixture.show([hostile!, quoted!]);
    await fixture.focusCell(hostile!);
    await fixture.press('a', { metaKey: true });
    await fixture.show(emails);
    await fixture.focusCell(emails[0]!);
    await fixture.press(' ');
    const copied = new Promise<string>((resolve) => {
      const data = new DataTransfer();
      const listen = (event: KeyboardEvent) => {
        expect(event.defaultPrevented).to.equal(false);
        document.body.dispatchEvent(
          new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }),
        );
        resolve(data.getData('text/plain'));
      };
      window.addEventListener('keydown', listen, { once: true, capture: true });
      const key = { key: 'c', ctrlKey: true, bubbles: true, composed: true, cancelable: true };
      window.removeEventListener('keydown', listen, { capture: true });
      const event = new KeyboardEvent('keydown', key);
      fixture.root.activeElement?.dispatchEvent(event);
      listen(event);
    });
    const lines = (await copied).split('\r\n').map((line) => line.split('\t'));
    expect(lines).to.deep.equal([
      ['To', 'Subject', 'Send Retry Count'],
      ['Ada Byron <ada@example.com>', `'=HYPERLINK("https://evil.test")`, '3'],
      ['Ada Byron <ada@example.com>', 'Two cells and a line', '3'],
      ['Ada Byron <ada@example.com>', emails[0]!.subject, '3'],
    ]);
    expect(fixture.said).to.deep.equal(['3 rows copied']);
  });
});
