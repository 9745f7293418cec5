import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { outboxFilter, outboxQuery } from './outbox-query.ts';
import { outboxSorts } from './outbox-sort.ts';

describe('a filter is refused', () => {
  it.each([
    { status: [] },
    { status: ['sent'] },
    { connector: ['x'] },
    { search: 'ab' },
    { search: ' é\u0301e ' },
    { search: 'a\u0000bc' },
    { search: 'x'.repeat(201) },
    { submittedFrom: '2026-11-12' },
    { colour: 'red' },
  ])('%j', (filter) => expect(v.safeParse(outboxFilter, filter).success).toBe(false));
});

it('has each column both ways', () => {
  expect(outboxSorts).toHaveLength(34);
  expect(v.safeParse(outboxQuery, { sort: '-nextAttemptAt', view: 'team', search: 'abc' }).success).toBe(
    true,
  );
  expect(v.safeParse(outboxQuery, { sort: 'id' }).success).toBe(false);
});
