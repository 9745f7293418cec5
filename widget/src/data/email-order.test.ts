import { outboxSorts } from '@portal-outbox/contracts';
import { expect } from 'chai';
import { sampleEmail } from '../testing/sample-emails.ts';
import { emailOrder } from './email-order.ts';

describe('the order of emails', () => {
  const sorted = (sort: (typeof outboxSorts)[number], emails: ReturnType<typeof sampleEmail>[]) =>
    emails.toSorted(emailOrder(sort, (cause) => cause)).map(({ id }) => id);

  it('puts empty values last, both ways', () => {
    const emails = [
      sampleEmail({ id: 'none', nextAttemptAt: null }),
      sampleEmail({ id: 'late', nextAttemptAt: '2026-11-13T10:00:00Z' }),
      sampleEmail({ id: 'soon', nextAttemptAt: '2026-11-12T10:00:00Z' }),
    ];
    expect(sorted('nextAttemptAt', emails)).to.deep.equal(['soon', 'late', 'none']);
    expect(sorted('-nextAttemptAt', emails)).to.deep.equal(['late', 'soon', 'none']);
  });

  it('does not mind accents and case', () => {
    const emails = ['Zoé', 'élodie', 'Eva', 'emil'].map((subject) => sampleEmail({ id: subject, subject }));
    expect(sorted('subject', emails)).to.deep.equal(['élodie', 'emil', 'Eva', 'Zoé']);
  });

  it('goes from low to high importance, and from Failed to Queued', () => {
    const importance = (['high', 'low', 'normal'] as const).map((one) =>
      sampleEmail({ id: one, importance: one }),
    );
    expect(sorted('importance', importance)).to.deep.equal(['low', 'normal', 'high']);
    const status = (['queued', 'failed', 'pending_retry'] as const).map((one) =>
      sampleEmail({ id: one, status: one }),
    );
    expect(sorted('status', status)).to.deep.equal(['failed', 'pending_retry', 'queued']);
  });

  it('is complete: ties go by id, with every sort', () => {
    const same = sampleEmail();
    const emails = ['b', 'a', 'c'].map((id) => ({ ...same, id }));
    for (const sort of outboxSorts) {
      const expected = sort.startsWith('-') ? ['c', 'b', 'a'] : ['a', 'b', 'c'];
      expect(sorted(sort, emails), sort).to.deep.equal(expected);
    }
  });
});
