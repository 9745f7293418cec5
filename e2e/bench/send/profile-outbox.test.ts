import { expect, it } from 'vitest';
import { selfTimes } from './profile-outbox.ts';

const node = (id: number, functionName: string, url: string) => ({
  id,
  callFrame: { functionName, url, lineNumber: 9 },
});

it('adds up the time of each function itself, the most first, without idle time', () => {
  const profile = {
    nodes: [
      node(1, '(idle)', ''),
      node(2, 'send', 'file:///app/node_modules/nats/lib/core.js'),
      node(3, '', 'file:///app/service/dist/connector.js'),
    ],
    samples: [1, 2, 3, 2],
    timeDeltas: [5000, 1000, 4000, 1500],
  };
  expect(selfTimes(profile)).toEqual([
    ['(anonymous)  connector.js:10', 4],
    ['send  nats/lib/core.js:10', 2.5],
  ]);
});
