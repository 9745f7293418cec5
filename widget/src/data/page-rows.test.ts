import type { OutboxEmail } from '@portal-outbox/contracts';
import { expect } from 'chai';
import { sampleEmail } from '../testing/sample-emails.ts';
import { emailOrder } from './email-order.ts';
import { PageRows, type EmailMatch } from './page-rows.ts';

describe('PageRows', () => {
  const bySubject = emailOrder('subject', () => '');
  const named = (subject: string) => sampleEmail({ subject });
  const rowsOf = (emails: OutboxEmail[], matches: EmailMatch = () => true) => {
    const rows = new PageRows();
    rows.replace(emails, bySubject, matches);
    return rows;
  };
  const subjects = (rows: PageRows) => rows.rows.map(({ email }) => email.subject);
  const fits = (rows: PageRows) => rows.rows.map((row) => row.fits);

  it('keeps a row at its place when it no longer matches, and says so', () => {
    const emails = [named('a'), named('b')];
    const rows = rowsOf(emails, ({ status }) => status === 'failed');
    rows.change({ ...emails[0]!, version: 2, status: 'pending_retry' });
    expect(subjects(rows)).to.deep.equal(['a', 'b']);
    expect(fits(rows)).to.deep.equal([false, true]);
    expect(rows.remaining).to.equal(1);
    rows.change({ ...emails[0]!, version: 3, status: 'failed' });
    expect(fits(rows)).to.deep.equal([true, true]);
  });

  it('keeps a row at its place when the order wants it elsewhere, and says so', () => {
    const emails = [named('a'), named('b'), named('c')];
    const rows = rowsOf(emails);
    rows.change({ ...emails[0]!, version: 2, subject: 'z' });
    expect(subjects(rows)).to.deep.equal(['z', 'b', 'c']);
    expect(fits(rows)).to.deep.equal([false, true, true]);
    // The others are compared with those that stand in order, not with the one that does not.
    rows.change({ ...emails[1]!, version: 2, subject: 'bb' });
    expect(fits(rows)).to.deep.equal([false, true, true]);
  });

  it('takes in what belongs between its first and its last row, whatever the order', () => {
    const rows = rowsOf([named('b'), named('m')]);
    expect(rows.wants(named('c'), true, true)).to.equal(true);
    expect(rows.wants(named('a'), true, true)).to.equal(false);
    expect(rows.wants(named('a'), false, true)).to.equal(true);
    expect(rows.wants(named('z'), true, true)).to.equal(false);
    expect(rows.wants(named('z'), true, false)).to.equal(true);
  });

  it('cannot tell where the row does not show what is searched for', () => {
    const rows = rowsOf([named('b')], () => null);
    expect(rows.wants(named('c'), false, false)).to.equal(null);
  });

  it('puts a restored email where the order wants it', () => {
    const rows = rowsOf([named('a'), named('c')]);
    rows.insert([named('b')]);
    expect(subjects(rows)).to.deep.equal(['a', 'b', 'c']);
  });

  it('keeps what no longer fits when the page is read again without it', () => {
    const emails = [named('a'), named('b')];
    const rows = rowsOf(emails, ({ status }) => status === 'failed');
    rows.change({ ...emails[0]!, version: 2, status: 'queued' });
    rows.merge([emails[1]!], true, Date.now());
    expect(rows.rows.map((row) => row.left)).to.deep.equal([null, null]);
  });

  it('says that a row has left when the page is read again without it', () => {
    const emails = [named('a'), named('b')];
    const rows = rowsOf(emails);
    rows.merge([emails[1]!, named('c')], true, Date.now());
    expect(rows.find(emails[0]!.id)?.left).to.equal('hidden');
  });
});
