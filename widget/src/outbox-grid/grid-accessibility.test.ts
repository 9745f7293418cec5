import { expect } from 'chai';
import { axeViolations } from '../testing/axe-violations.ts';
import { GridFixture, rowsOf } from '../testing/grid-fixture.ts';
import { sampleEmail, sampleEmails } from '../testing/sample-emails.ts';

const emails = [
  sampleEmail(),
  sampleEmail({ mayHaveBeenSent: true, importance: 'high', attachmentCount: 2 }),
  sampleEmail({ status: 'connector_disabled', importance: 'low' }),
  sampleEmail({ status: 'pending_retry', beingSent: true, packet: { ref: 'X-1', type: 'case', url: null } }),
  sampleEmail({
    status: 'queued',
    lastFailure: null,
    can: { retry: 'not_tried_yet', sendNow: true, cancel: true },
  }),
];
const further = ['connector', 'importance', 'systemGenerated', 'attachmentCount', 'submittedAt'];

describe('<outbox-grid>, accessibility', () => {
  let fixture: GridFixture;
  afterEach(() => {
    fixture.close();
    document.documentElement.removeAttribute('style');
  });

  for (const theme of ['light', 'dark']) {
    for (const width of [1200, 360]) {
      it(`breaks no rule of axe-core: every status, ${theme}, ${width} pixels`, async () => {
        document.documentElement.style.colorScheme = theme;
        document.documentElement.style.backgroundColor = theme === 'dark' ? '#16171b' : '#ffffff';
        fixture = new GridFixture(emails);
        fixture.grid.columns = further.map((id) => ({ id, shown: true }));
        fixture.grid.selected = new Set([emails[1]!.id]);
        fixture.grid.sort = 'subject';
        await fixture.open({ width });
        expect(await axeViolations(fixture.grid)).to.deep.equal([]);
      });
    }
  }

  it('breaks no rule of axe-core while it loads, when empty, and with rows that have left', async () => {
    fixture = new GridFixture();
    fixture.grid.loading = true;
    await fixture.open();
    expect(await axeViolations(fixture.grid)).to.deep.equal([]);
    fixture.grid.loading = false;
    const [sent, ...others] = rowsOf(sampleEmails(3));
    fixture.grid.rows = [{ ...sent!, left: 'cancelled', leftAt: 1 }, ...others];
    await fixture.settled();
    expect(await axeViolations(fixture.grid)).to.deep.equal([]);
  });
});
