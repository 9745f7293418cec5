import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { expect, it } from 'vitest';
import type { PresentEmail } from './change-log.ts';
import { plainEvent, rowEvent, SharedWrites } from './event-bytes.ts';

const email = (subject: string): PresentEmail => ({
  email: JSON.stringify({ id: 'e', subject }),
  ownership: { authorId: null, packetRef: null, teamKeys: [] },
  events: new Map(),
});

function read(...writes: Buffer[]): EventSourceMessage[] {
  const messages: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => messages.push(message) });
  for (const write of writes) parser.feed(write.toString());
  return messages;
}

const hostile = 'a\nb\r\nevent: reset\n\ndata: {}\u2028\u0000';

it.each([
  ['small', 'Hello'],
  ['large', 'x'.repeat(5000)],
  ['hostile', hostile],
])('several events of one %s write are read one by one, and the last one has the id', (_, subject) => {
  const events = [rowEvent(email(subject), ['all']), plainEvent({ type: 'gone', id: 'f', why: 'sent' })];
  const messages = read(...new SharedWrites().of(events, '1:1:;abcdefgh'));
  expect(messages.map(({ event, id }) => [event, id])).toEqual([
    ['row', undefined],
    ['gone', '1:1:;abcdefgh'],
  ]);
  expect(JSON.parse(messages[0]!.data)).toEqual({
    ...{ type: 'row', email: { id: 'e', subject }, views: ['all'] },
  });
});

it('a write that more is to follow has no id', () => {
  const [message] = read(...new SharedWrites().of([plainEvent({ type: 'reset' })], null));
  expect(message).toMatchObject({ event: 'reset', id: undefined });
});

it('makes a row once for each set of views, and a large write once for all who are told the same', () => {
  const present = email('x'.repeat(5000));
  expect(rowEvent(present, ['mine', 'all'])).toBe(rowEvent(present, ['mine', 'all']));
  expect(rowEvent(present, ['mine', 'all'])).not.toBe(rowEvent(present, ['all']));
  const writes = new SharedWrites();
  const [one, another] = ['1:1:;abcdefgh', '1:1:;ijklmnop'].map((id) =>
    writes.of([rowEvent(present, ['all'])], id),
  );
  expect(one![0]).toBe(another![0]);
  expect(read(...another!)[0]!.id).toBe('1:1:;ijklmnop');
  expect(writes.of([rowEvent(present, ['mine', 'all'])], null)[0]).not.toBe(one![0]);
});
