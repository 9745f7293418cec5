import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { emailStates, transitions } from './email-state.ts';

it('has only transitions between its states', () => {
  for (const [name, { from, to }] of Object.entries(transitions)) {
    expect(emailStates, name).toContain(to);
    expect(from.length, name).toBeGreaterThan(0);
    for (const state of from) expect(emailStates, name).toContain(state);
    expect(new Set(from).size, name).toBe(from.length);
  }
});

it('ends with "sent": nothing leaves it', () => {
  const leaving = Object.values(transitions).flatMap<string>(({ from }) => [...from]);
  expect(leaving).not.toContain('sent');
});

it('reaches every state from "waiting"', () => {
  const reached = new Set<string>(['waiting']);
  for (const _ of emailStates) {
    for (const { from, to } of Object.values(transitions)) {
      if (from.some((state) => reached.has(state))) reached.add(to);
    }
  }
  expect([...reached].toSorted()).toEqual(emailStates.toSorted());
});

it('calls nothing back once a worker has claimed it', () => {
  const fromClaimed = Object.entries(transitions)
    .filter(([, { from }]) => (from as readonly string[]).includes('claimed'))
    .map(([name]) => name);
  expect(fromClaimed.toSorted()).toEqual(['loseClaim', 'settleFailed', 'settleRetry', 'settleSent']);
});

it('is the table that ARCHITECTURE.md shows', async () => {
  const text = await readFile(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const table = /<!-- transitions -->\n([\s\S]*?)<!-- \/transitions -->/.exec(text)?.[1] ?? '';
  const shown = table
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => {
      const [name, from, to] = line
        .split('|')
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`(\w+)`/g)].map((match) => match[1]));
      return [name?.[0], { from, to: to?.[0] }];
    });
  expect(Object.fromEntries(shown)).toEqual(transitions);
});
