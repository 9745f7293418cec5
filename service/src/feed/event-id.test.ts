import { expect, it } from 'vitest';
import { eventId, readEventId } from './event-id.ts';

it.each([
  { xid: '0', seq: '0' },
  { xid: '751', seq: '-1' },
  { xid: '999999999999999999', seq: '999999999999999999' },
])('reads back the place that it names: %j', (position) => {
  expect(readEventId(eventId(position))).toEqual(position);
});

it.each(['', '1', '1.', '.1', 'a.b', '1.2.3', '-1.2', ' 1.2', '1.2\n', '1e3.2', '9999999999999999999.1'])(
  'takes nothing else for a place: %j',
  (id) => {
    expect(readEventId(id)).toBeNull();
  },
);
