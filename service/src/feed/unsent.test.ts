import { beforeEach, describe, expect, it } from 'vitest';
import { changeOf } from '../../test/logged-change.ts';
import { mostEmails, Unsent, type UnsentTotal } from './unsent.ts';

let total: UnsentTotal;
let unsent: Unsent;
beforeEach(() => {
  total = { changes: 0 };
  unsent = new Unsent(total);
});

/** Changes of so many emails, with rising numbers. */
const emails = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => changeOf({ number: from + at, emailId: `e${from + at}` }));

it('keeps of each email the last change, in the order of the last ones', () => {
  for (const [number, emailId] of ['a', 'b', 'a', 'c', 'b'].entries())
    unsent.add([changeOf({ number, emailId })]);
  unsent.merge();
  expect(unsent.changes.map(({ number, emailId }) => `${emailId}${number}`)).toEqual(['a2', 'c3', 'b4']);
  expect(total.changes).toBe(3);
});

it('keeps earlier changes that say who saw the email before', () => {
  const moved = changeOf({ number: 1, teamKeys: [8], teamKeysBefore: [4] });
  const other = changeOf({ number: 2, teamKeys: [6] });
  unsent.add([moved]);
  unsent.add([other]);
  unsent.add([changeOf({ number: 3, teamKeys: [8] })]);
  unsent.merge();
  expect(unsent.changes.map(({ number }) => number)).toEqual([1, 2, 3]);
});

it('merges changes that came in another order, such as those of several audiences', () => {
  unsent.add([changeOf({ number: 5 })]);
  unsent.add([changeOf({ number: 4 })]);
  unsent.merge();
  expect(unsent.changes.map(({ number }) => number)).toEqual([5]);
});

describe('a reset stands for all', () => {
  it('when there are more emails than it tells of one by one', () => {
    unsent.add(emails(mostEmails));
    expect(unsent.reset).toBe(false);
    unsent.add(emails(1, 5000));
    expect(unsent).toMatchObject({ reset: true, cost: 0 });
    expect(total.changes).toBe(0);
  });

  it('but not for many changes of few emails', () => {
    for (let number = 1; number <= 5000; number += 1)
      unsent.add([changeOf({ number, emailId: `e${number % 7}` })]);
    unsent.merge();
    expect(unsent).toMatchObject({ reset: false, cost: 7 });
    expect(total.changes).toBe(7);
  });

  it('sooner when all streams together keep much', () => {
    total.changes = 200_000;
    unsent.add(emails(50));
    expect(unsent.reset).toBe(false);
    unsent.add(emails(1, 100));
    expect(unsent.reset).toBe(true);
    expect(total.changes).toBe(200_000);
  });

  it('when the log has forgotten what it waits for', () => {
    unsent.add(emails(3, 10));
    unsent.merge();
    unsent.forgetBefore(10);
    expect(unsent.reset).toBe(false);
    unsent.forgetBefore(11);
    expect(unsent.reset).toBe(true);
  });

  it('and nothing more is gathered until it is told, but what it does not stand for', () => {
    unsent.miss();
    expect(unsent.add(emails(2))).toBe(false);
    unsent.add([changeOf({ emailId: null, bulkId: 'b', userId: 'ada' })]);
    unsent.hide(['h']);
    expect(unsent).toMatchObject({ cost: 1, changes: [] });
    expect([...unsent.bulkIds]).toEqual(['b']);
  });

  it('for more than a thousand emails out of sight', () => {
    unsent.hide(Array.from({ length: 1000 }, (_, at) => `h${at}`));
    expect(unsent.reset).toBe(false);
    unsent.hide(['one more']);
    expect(unsent).toMatchObject({ reset: true, cost: 0 });
  });

  it('where more has changed than can be told', () => {
    unsent.add([changeOf({ emailId: null })]);
    expect(unsent.reset).toBe(true);
  });
});
