import { expect, it } from 'vitest';
import type { EmailOwnership, ReadScope } from '../outbox/visibility.ts';
import type { LoggedChange } from './change-log.ts';
import { emailEvent, readerSight } from './email-event.ts';
import { changeOf } from '../../test/logged-change.ts';

const scope: ReadScope = {
  ...{ portalId: 'p', userId: 'mia', everything: false, systemMail: false, teamKeys: [4] },
  ...{ workedPacketRefs: [], readTeamKeys: [6], readUserIds: [], readPacketRefs: [] },
  ...{ leadsTeam: false, hasTeam: true },
};
const mia = readerSight(scope);

const inList = (ownership: Partial<EmailOwnership> = {}): LoggedChange['present'] => ({
  email: '{}',
  ownership: { authorId: 'ada', packetRef: null, teamKeys: [4], ...ownership },
  events: new Map(),
});

const told = (changes: Partial<LoggedChange>[], former = [] as ReadScope[]) => {
  const event = emailEvent(
    mia,
    former.map(readerSight),
    changes.map((change, at) => changeOf({ number: at + 1, ...change })),
  );
  if (event === null) return null;
  return event.type === 'row' ? `row ${event.views.join(' ')}` : `gone ${event.why}`;
};

it('is the row, with the views that it is in, of what is seen now', () => {
  expect(told([{ teamKeys: [4], present: inList() }])).toBe('row team all');
  expect(told([{ teamKeys: [6], present: inList({ teamKeys: [6] }) }])).toBe('row all');
  expect(told([{ authorId: 'mia', present: inList({ authorId: 'mia', teamKeys: [] }) }])).toBe(
    'row mine team all',
  );
});

it('is nothing of what never was in sight', () => {
  expect(told([{ teamKeys: [8], present: inList({ teamKeys: [8] }) }])).toBeNull();
  expect(told([{ teamKeys: [8], leftAs: 'sent', present: null }])).toBeNull();
  expect(told([{ teamKeys: [8], teamKeysBefore: [10], present: inList({ teamKeys: [8] }) }])).toBeNull();
});

it('says how it left', () => {
  expect(told([{ teamKeys: [4], leftAs: 'sent', present: null }])).toBe('gone sent');
  expect(told([{ teamKeys: [4] }, { teamKeys: [4], leftAs: 'cancelled', present: null }])).toBe(
    'gone cancelled',
  );
});

it('waits for the change that says how it left, when only the row shows that it did', () => {
  expect(told([{ teamKeys: [4], present: null }])).toBeNull();
});

it('believes the row, not the order of transactions: cancelled and restored in one that began before is in the list', () => {
  expect(told([{ teamKeys: [4] }, { teamKeys: [4], leftAs: 'cancelled', present: inList() }])).toBe(
    'row team all',
  );
});

it('is out of sight when the email went to another team, whatever happened to it after that', () => {
  const moved = { teamKeys: [8], teamKeysBefore: [4] };
  expect(told([{ ...moved, present: inList({ teamKeys: [8] }) }])).toBe('gone hidden');
  expect(told([moved, { teamKeys: [8], present: inList({ teamKeys: [8] }) }])).toBe('gone hidden');
  expect(told([moved, { teamKeys: [8], leftAs: 'sent', present: null }])).toBe('gone hidden');
});

it('is out of sight when its row says so before the change of the directory is read', () => {
  expect(told([{ teamKeys: [4], present: inList({ teamKeys: [8] }) }])).toBe('gone hidden');
});

it('is out of sight of who saw it until a moment ago', () => {
  const present = inList({ teamKeys: [8] });
  expect(told([{ teamKeys: [8], present }], [{ ...scope, teamKeys: [8] }])).toBe('gone hidden');
});
