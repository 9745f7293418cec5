import { expect } from 'chai';
import { axeViolations } from '../testing/axe-violations.ts';
import { GridFixture } from '../testing/grid-fixture.ts';
import { sampleEmails } from '../testing/sample-emails.ts';
import { waitFor } from '../testing/wait-for.ts';

describe('<outbox-grid>, a page of 500', () => {
  let fixture: GridFixture;
  const emails = sampleEmails(500);
  const errors: string[] = [];
  const hear = (event: ErrorEvent) => errors.push(event.message);
  const open = async (options = {}, shown = emails) => {
    fixture = new GridFixture(shown);
    return fixture.open(options);
  };
  const scroller = () => fixture.root.querySelector('.scroller')!;
  const scrollTo = async (top: number) => {
    scroller().scrollTop = top;
    await fixture.settled();
  };
  const box = (index: number, cell = 'to') => fixture.cell(emails[index]!, cell).getBoundingClientRect();
  const rowBox = (index: number) =>
    fixture.cell(emails[index]!, 'to').closest('.row')!.getBoundingClientRect();
  beforeEach(() => window.addEventListener('error', hear));
  afterEach(() => {
    fixture.close();
    window.removeEventListener('error', hear);
    // "ResizeObserver loop completed with undelivered notifications."
    expect(errors.splice(0)).to.deep.equal([]);
  });

  it('renders a page of 50 whole, and of 500 only what is in sight, from the first row to the last', async () => {
    await open({}, emails.slice(0, 50));
    expect(fixture.shownIds.length).to.equal(50);
    fixture.close();
    await open();
    expect(fixture.shownIds.length).to.be.within(12, 40);
    await scrollTo(scroller().scrollHeight);
    expect(fixture.shownIds).to.include(emails[499]!.id);
    // And the one that Tab leads to.
    expect(fixture.shownIds.length).to.be.within(12, 41);
    const edge = scroller().getBoundingClientRect().bottom;
    expect(rowBox(499).bottom).to.be.within(edge - 1, edge);
    await scrollTo(0);
    expect(rowBox(0).top).to.be.closeTo(box(0).top, 1);
    expect(fixture.shownIds[0]).to.equal(emails[0]!.id);
  });

  it('shows the first rows until the virtualizer has come, with the focus where it was', async () => {
    fixture = new GridFixture(emails);
    const load = fixture.grid.loadVirtualRows;
    let isAsked = false;
    let isFetched = () => {};
    fixture.grid.loadVirtualRows = async () => {
      isAsked = true;
      await new Promise<void>((resolve) => (isFetched = resolve));
      return load();
    };
    await fixture.open();
    expect(isAsked).to.equal(true);
    expect(fixture.shownIds).to.deep.equal(emails.slice(0, 30).map(({ id }) => id));
    const height = scroller().scrollHeight;
    await fixture.focusCell(emails[4]!, 'packet');
    const before = box(4);
    isFetched();
    await waitFor(() => fixture.root.querySelector('.window [data-email-id]'));
    expect(fixture.focus).to.equal(`${emails[4]!.id} packet`);
    expect(box(4)).to.deep.equal(before);
    expect(scroller().scrollHeight).to.equal(height);
  });

  it('goes to a row that is asked for before the virtualizer has come', async () => {
    fixture = new GridFixture(emails);
    const load = fixture.grid.loadVirtualRows;
    let isFetched = () => {};
    fixture.grid.loadVirtualRows = async () => {
      await new Promise<void>((resolve) => (isFetched = resolve));
      return load();
    };
    await fixture.open();
    await fixture.focusCell(emails[0]!);
    await fixture.press('End', { ctrlKey: true });
    isFetched();
    await waitFor(() => fixture.focus === `${emails[499]!.id} cancel`);
    await fixture.settled();
    expect(rowBox(499).bottom).to.be.at.most(scroller().getBoundingClientRect().bottom);
  });

  it('renders every row where the virtualizer cannot be fetched', async () => {
    fixture = new GridFixture(emails);
    fixture.grid.loadVirtualRows = async () => null;
    await fixture.open();
    expect(fixture.shownIds.length).to.equal(500);
    await fixture.focusCell(emails[0]!);
    await fixture.press('End', { ctrlKey: true });
    expect(fixture.focus).to.equal(`${emails[499]!.id} cancel`);
    expect(rowBox(499).bottom).to.be.at.most(scroller().getBoundingClientRect().bottom);
  });

  it('keeps the focus through any scrolling, forth, back and in leaps, without scrolling after it', async () => {
    await open();
    await scrollTo(200 * 38);
    await fixture.focusCell(emails[203]!, 'status');
    for (const place of [190, 215, 230, 400, 10, 0, 499, 204, 180, 200]) {
      await scrollTo(place * 38);
      expect(fixture.focus, String(place)).to.equal(`${emails[203]!.id} status`);
      expect(scroller().scrollTop).to.be.closeTo(Math.min(place * 38, scroller().scrollTop), 1);
      const elements = fixture.shownIds.filter((id) => id === emails[203]!.id);
      expect(elements.length, String(place)).to.equal(1);
      const stops = fixture.root.querySelectorAll('[role=gridcell][tabindex="0"]');
      expect(stops.length, String(place)).to.equal(1);
    }
    expect(fixture.held).to.equal(true);
  });

  it('goes on from the focused row wherever one has scrolled, by pages too', async () => {
    await open();
    await fixture.focusCell(emails[3]!, 'status');
    await scrollTo(9000);
    await fixture.press('PageDown');
    const index = emails.findIndex(({ id }) => fixture.focus === `${id} status`);
    expect(index).to.be.within(10, 20);
    const { top, bottom } = scroller().getBoundingClientRect();
    const header = fixture.root.querySelector('.head')!.getBoundingClientRect();
    expect(rowBox(index).top).to.be.at.least(header.bottom - 1);
    expect(rowBox(index).bottom).to.be.at.most(bottom);
    expect(header.top).to.equal(top);
    await scrollTo(9000);
    await fixture.press('Enter');
    expect(fixture.opened).to.deep.equal([emails[index]]);
    await fixture.press(' ');
    expect(fixture.selected).to.deep.equal([emails[index]!.id]);
  });

  it('moves below the header, row by row, without a gap', async () => {
    await open();
    await scrollTo(100 * 38);
    await fixture.focusCell(emails[104]!, 'to');
    for (let step = 0; step < 8; step += 1) await fixture.press('ArrowUp');
    expect(fixture.focus).to.equal(`${emails[96]!.id} to`);
    expect(rowBox(96).top).to.be.at.least(
      fixture.root.querySelector('.head')!.getBoundingClientRect().bottom - 1,
    );
    for (let step = 0; step < 30; step += 1) await fixture.press('ArrowDown');
    expect(fixture.focus).to.equal(`${emails[126]!.id} to`);
    expect(rowBox(126).bottom).to.be.at.most(scroller().getBoundingClientRect().bottom + 1);
    expect(rowBox(126).top).to.be.closeTo(rowBox(125).bottom, 0.1);
  });

  it('gives the focus to the successor of a row that has gone, in sight or scrolled away', async () => {
    await open();
    await scrollTo(100 * 38);
    await fixture.focusCell(emails[104]!, 'to');
    await fixture.show(emails.toSpliced(104, 1));
    expect(fixture.focus).to.equal(`${emails[105]!.id} to`);
    await scrollTo(300 * 38);
    await fixture.show(emails.toSpliced(104, 2));
    expect(fixture.focus).to.equal(`${emails[106]!.id} to`);
    await fixture.press('ArrowDown');
    expect(fixture.focus).to.equal(`${emails[107]!.id} to`);
  });

  it('keeps the focus and the place of the rows when rows above them come or go', async () => {
    await open();
    await scrollTo(100 * 38);
    await fixture.focusCell(emails[102]!, 'to');
    const before = box(102).top;
    await fixture.show(emails.slice(40));
    expect(box(102).top).to.be.closeTo(before, 0.1);
    expect(fixture.focus).to.equal(`${emails[102]!.id} to`);
    await fixture.show(emails);
    expect(box(102).top).to.be.closeTo(before, 0.1);
    expect(fixture.focus).to.equal(`${emails[102]!.id} to`);
    await fixture.show(emails.slice(95, 130));
    expect(fixture.focus).to.equal(`${emails[102]!.id} to`);
    expect(fixture.shownIds.length).to.be.within(20, 35);
  });

  it('shows what has changed in a row at once', async () => {
    await open();
    await scrollTo(250 * 38);
    const changed = { ...emails[252]!, subject: 'Changed' };
    await fixture.show(emails.with(252, changed));
    expect(fixture.text(changed, 'subject')).to.contain('Changed');
    expect(fixture.cell(changed, 'to').closest('[role=row]')?.ariaRowIndex).to.equal('254');
  });

  it('keeps columns below their headers while they are made wider and scrolled sideways', async () => {
    await open({ width: 700 });
    fixture.grid.columns = ['to', 'subject', 'status', 'failureMessage'].map((id) => {
      return { id, shown: true, width: 400 };
    });
    await scrollTo(250 * 38);
    scroller().scrollLeft = 500;
    await fixture.settled();
    for (const cell of ['select', 'status', 'failureMessage']) {
      expect(box(252, cell).left, cell).to.equal(fixture.header(cell).getBoundingClientRect().left);
      expect(box(252, cell).width, cell).to.equal(fixture.header(cell).getBoundingClientRect().width);
    }
    expect(box(252, 'cancel').right).to.equal(scroller().getBoundingClientRect().right);
  });

  it('is whole again after the element was taken out and put back', async () => {
    await open();
    await scrollTo(100 * 38);
    const { parentElement } = fixture.grid;
    fixture.grid.remove();
    fixture.grid.rows = [...fixture.grid.rows];
    await new Promise((resolve) => requestAnimationFrame(resolve));
    parentElement!.append(fixture.grid);
    await fixture.settled();
    await scrollTo(400 * 38);
    for (let index = 400; index < 410; index += 1) expect(fixture.shownIds).to.include(emails[index]!.id);
    expect(fixture.shownIds.length).to.be.below(42);
  });

  it('shows grey lines for the next page, and its rows from the first', async () => {
    await open();
    await scrollTo(300 * 38);
    fixture.grid.loading = true;
    await fixture.settled();
    const lines = [...fixture.root.querySelectorAll('.skeleton')].map((it) => it.getBoundingClientRect().top);
    expect(lines).to.deep.equal(lines.map((_, place) => lines[0]! + place * 38));
    expect(fixture.shownIds).to.deep.equal([]);
    fixture.grid.loading = false;
    fixture.grid.scrollToStart();
    await fixture.show(emails.toReversed());
    expect(fixture.shownIds[0]).to.equal(emails[499]!.id);
    expect(fixture.shownIds.length).to.be.within(12, 40);
  });

  describe('as cards', () => {
    it('renders those in sight, wholly at the end, and follows keys card by card', async () => {
      await open({ width: 380 });
      expect(fixture.shownIds.length).to.be.within(4, 15);
      const edge = () => scroller().getBoundingClientRect().bottom;
      await scrollTo(scroller().scrollHeight);
      expect(rowBox(499).bottom).to.be.within(edge() - 1, edge());
      expect(rowBox(499).top).to.be.closeTo(rowBox(498).bottom, 0.1);
      await scrollTo(0);
      await fixture.focusCell(emails[0]!);
      for (let step = 1; step < 12; step += 1) {
        await fixture.press('ArrowDown');
        expect(fixture.focus).to.equal(`${emails[step]!.id} subject`);
        // Browsers scroll by whole pixels.
        expect(rowBox(step).bottom).to.be.at.most(edge() + 0.6);
      }
      await fixture.press('End', { ctrlKey: true });
      expect(rowBox(499).bottom).to.be.within(edge() - 1, edge() + 0.6);
      await scrollTo(0);
      expect(fixture.focus).to.equal(`${emails[499]!.id} cancel`);
    });

    it('turns into them and back as the room changes', async () => {
      await open();
      await scrollTo(50 * 38);
      await fixture.focusCell(emails[52]!);
      const heights: number[] = [];
      for (const width of [380, 1000, 400, 900]) {
        fixture.grid.style.width = `${width}px`;
        await fixture.settled();
        await fixture.settled();
        await fixture.press('ArrowDown');
        const index = 53 + heights.length;
        expect(fixture.focus).to.equal(`${emails[index]!.id} subject`);
        expect(rowBox(index + 1).top).to.be.closeTo(rowBox(index).bottom, 0.1);
        expect(rowBox(index).bottom).to.be.at.most(scroller().getBoundingClientRect().bottom + 0.6);
        heights.push(Math.round(rowBox(index).height));
        expect(fixture.shownIds.length).to.be.within(4, 42);
      }
      expect(heights).to.deep.equal([heights[0], 38, heights[0], 38]);
    });
  });

  for (const width of [1200, 360]) {
    it(`breaks no rule of axe-core, with the focused row scrolled away, ${width} pixels`, async () => {
      await open({ width });
      await fixture.focusCell(emails[1]!);
      await scrollTo(9000);
      expect(await axeViolations(fixture.grid)).to.deep.equal([]);
    });
  }
});
