import { expect, it } from 'vitest';
import { eventually } from '../stack/eventually.ts';
import { givenStack } from './given-stack.ts';

const given = givenStack({ workers: 1, built: true, widget: true, fsync: true });

it('runs from the build with plain node: migrates, delivers, and serves the widget', async () => {
  await given.submit('built@example.test');
  await eventually('the mail to arrive', () => given.taken('built@example.test')[0] ?? null);

  const { serviceUrl } = given.stack;
  expect(await (await fetch(`${serviceUrl}/readyz`)).text()).toBe('ready');
  const entry = await fetch(`${serviceUrl}/widget/outbox.js`);
  expect(entry.headers.get('cache-control')).toBe('public, max-age=60');
  const chunk = /chunks\/[\w-]+\.js/.exec(await entry.text())?.[0];
  const immutable = await fetch(`${serviceUrl}/widget/${chunk}`);
  expect(immutable.headers.get('cache-control')).toContain('immutable');
  expect(await (await fetch(`${serviceUrl}/metrics`)).text()).toContain('outbox_open_streams');
});

it('is not ready while its database is away', async () => {
  const { postgres, serviceUrl } = given.stack;
  if (postgres === null) return;
  await postgres.stop();
  await eventually('the api to notice', async () => {
    const answer = await fetch(`${serviceUrl}/readyz`);
    return answer.status === 503 ? await answer.text() : null;
  });
});
