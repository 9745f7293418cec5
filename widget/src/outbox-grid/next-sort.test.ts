import { expect } from 'chai';
import type { OutboxSort } from '@portal-outbox/contracts';
import { nextSort, sortDirection } from './next-sort.ts';

describe('nextSort', () => {
  it('sorts up, down, and as usual again at the third press', () => {
    expect(nextSort('-submittedAt', 'subject')).to.equal('subject');
    expect(nextSort('subject', 'subject')).to.equal('-subject');
    expect(nextSort('-subject', 'subject')).to.equal(null);
    expect(nextSort('-subject', 'to')).to.equal('to');
  });

  it('begins with the oldest at Submitted, which is newest first already', () => {
    expect(nextSort('-submittedAt', 'submittedAt')).to.equal('submittedAt');
    expect(nextSort('submittedAt', 'submittedAt')).to.equal(null);
  });

  it('tells a screen reader about the sorted column alone', () => {
    const directions = (['subject', '-subject', 'to'] as OutboxSort[]).map((sort) =>
      sortDirection(sort, 'subject'),
    );
    expect(directions).to.deep.equal(['ascending', 'descending', undefined]);
  });
});
