import { expect, it } from 'vitest';
import { maySee, peopleOf, type Ownership } from './live-organisation.ts';

const people = peopleOf(1000);
const seeing = (email: Ownership) => people.filter((person) => maySee(person, email)).map(({ id }) => id);

it('has as many people as asked for, each once', () => {
  expect(new Set(people.map(({ id }) => id)).size).toBe(1000);
});

it('a team’s mail is seen by its members, the leaders above it and who has access to everything', () => {
  const ids = seeing({ kind: 'leaf', leaf: 9, authorId: 'member-9' });
  expect(ids).toEqual(
    expect.arrayContaining(['boss', 'head-1', 'lead-9', 'auditor-0', 'member-9', 'member-49']),
  );
  expect(ids).not.toEqual(expect.arrayContaining(['head-2']));
  expect(ids.some((id) => id.startsWith('guest') || id === 'lead-8' || id === 'member-8')).toBe(false);
});

it('a guest’s mail is the guest’s and theirs who have access to everything', () => {
  expect(seeing({ kind: 'guest', authorId: 'guest-3' })).toHaveLength(6);
});

it('everybody sees what is everybody’s', () => {
  expect(seeing({ kind: 'everybody' })).toHaveLength(1000);
});
