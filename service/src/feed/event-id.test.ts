import { expect, it } from 'vitest';
import type { ReadScope } from '../outbox/visibility.ts';
import { eventId, readEventId, scopeMark } from './event-id.ts';
import { readSnapshot } from './snapshot.ts';

it.each(['0:0:', '751:751:', '751:760:751,755', '999999999999999:999999999999999:'])(
  'reads back the snapshot that it names: %s',
  (text) => {
    const position = readSnapshot(text)!;
    expect(readEventId(eventId(position, 'abc-_123'))).toEqual({ position, mark: 'abc-_123' });
  },
);

it.each([
  ...['', '1', '1:2:', '1:2:;', '1:2:;short', '2:1:;abcdefgh', '1:3:3;abcdefgh', '1:3:0;abcdefgh'],
  ...['1:9:2,2;abcdefgh', '1:9:5,4;abcdefgh', '1:9:,;abcdefgh', '-1:2:;abcdefgh', ' 1:2:;abcdefgh'],
  ...[
    '1:2:;abcdefgh\n',
    '1e3:2e3:;abcdefgh',
    '1:9999999999999999:;abcdefgh',
    `1:9:${'2,'.repeat(9000)}3;abcdefgh`,
  ],
])('takes nothing else for an id: %j', (id) => {
  expect(readEventId(id)).toBeNull();
});

const scope: ReadScope = {
  portalId: 'p',
  userId: 'ada',
  everything: false,
  systemMail: false,
  teamKeys: [2, 4],
  workedPacketRefs: [],
  readTeamKeys: [],
  readUserIds: [],
  readPacketRefs: [],
  leadsTeam: false,
  hasTeam: true,
};

it('marks scopes that open the same alike, and others differently', () => {
  const mark = scopeMark(scope);
  expect(scopeMark({ ...scope, actBy: new Date(0) })).toBe(mark);
  expect(mark).toMatch(/^[\w-]{8}$/);
  const others: Partial<ReadScope>[] = [
    { teamKeys: [2] },
    { teamKeys: [], readTeamKeys: [2, 4] },
    { everything: true },
    { systemMail: true },
    { workedPacketRefs: ['2'] },
    { userId: 'bob' },
    { portalId: 'q' },
  ];
  expect(new Set(others.map((it) => scopeMark({ ...scope, ...it }))).add(mark).size).toBe(others.length + 1);
});
