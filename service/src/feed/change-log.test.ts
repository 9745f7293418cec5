import { beforeEach, describe, expect, it } from 'vitest';
import { ChangeLog } from './change-log.ts';
import { changeOf } from '../../test/logged-change.ts';
import { everythingBelow, readSnapshot } from './snapshot.ts';

let log: ChangeLog;
beforeEach(() => {
  log = new ChangeLog(4);
  log.restart(everythingBelow(10));
});

/** Adds a batch: what these transactions changed, and the snapshot up to which it goes. */
function batch(until: string, ...xids: number[]): void {
  log.add(xids.map((xid) => changeOf({ xid })));
  log.complete(readSnapshot(until)!);
}

const since = (position: string, portalId = 'p') =>
  log.since(readSnapshot(position)!, portalId)?.map(({ xid }) => xid) ?? null;

describe('whoever comes back', () => {
  it('is told what its snapshot did not show, of its own portal', () => {
    batch('12:12:', 10, 11);
    log.add([changeOf({ xid: 12, portalId: 'q' })]);
    expect(since('10:10:')).toEqual([10, 11]);
    expect(since('11:11:')).toEqual([11]);
    expect(since('10:12:10')).toEqual([10]);
    expect(since('12:12:')).toEqual([]);
    expect(since('12:12:', 'q')).toEqual([12]);
  });

  it('is told of a transaction that was running then and ended last', () => {
    batch('10:12:10', 11);
    batch('12:12:', 10);
    expect(since('10:12:10')).toEqual([10]);
  });

  it('from before the log begins is not told a part of it', () => {
    batch('12:12:', 10, 11);
    expect(since('9:9:')).toBeNull();
    expect(since('8:11:8')).toBeNull();
  });
});

describe('when there are more changes than it keeps', () => {
  it('forgets whole batches, and knows which', () => {
    batch('12:12:', 10, 11);
    batch('13:14:13', 12);
    batch('14:14:', 13, 13);
    expect(since('12:12:')).toEqual([12, 13, 13]);
    expect(since('11:11:')).toBeNull();
  });

  it('knows nothing while a batch larger than all of it comes in, and begins anew after it', () => {
    log.add([10, 11, 12].map((xid) => changeOf({ xid })));
    log.add([13, 14, 15].map((xid) => changeOf({ xid })));
    expect(since('10:10:')).toBeNull();
    expect(since('16:16:')).toBeNull();
    log.complete(readSnapshot('16:16:')!);
    expect(since('10:10:')).toBeNull();
    expect(since('16:16:')).toEqual([]);
    batch('17:17:', 16);
    expect(since('16:16:')).toEqual([16]);
  });

  it('counts on, so that whoever still waits for what is forgotten can be told', () => {
    batch('12:12:', 10, 11);
    const first = log.firstNumber;
    batch('15:15:', 12, 13, 14);
    expect(log.firstNumber).toBe(first + 2);
  });
});

it('lets the rows of all but the latest thousand changes go', () => {
  const large = new ChangeLog(5000);
  const present = {
    email: '{}',
    ownership: { authorId: null, packetRef: null, teamKeys: [] },
    events: new Map(),
  };
  const first = large.add([changeOf(), changeOf()]);
  for (const change of first) change.present = present;
  const rest = large.add(Array.from({ length: 999 }, () => changeOf()));
  expect(first.map((change) => change.present)).toEqual([undefined, present]);
  rest[0]!.present = present;
  first[0]!.present = present;
  large.forgetRows([first[0]!, rest[0]!]);
  expect([first[0]!.present, rest[0]!.present]).toEqual([undefined, present]);
});
