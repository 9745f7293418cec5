import { expect, it } from 'vitest';
import { natsAccounts } from './bus/nats-accounts.ts';
import { natsUsersConfig } from './config.ts';

const id = '11111111-1111-4111-8111-111111111111';
const other = '22222222-2222-4222-8222-222222222222';

it('reads who may work for which connectors, under which id', () => {
  const args = ['--service', 'outbox', '--worker', `sales=${id},${other}@${other}`, '--worker', 'rest=all'];
  expect(natsUsersConfig(args)).toEqual({
    service: 'outbox',
    workers: [
      { user: 'sales', connectorIds: [id, other], workerId: other },
      { user: 'rest', connectorIds: null, workerId: null },
    ],
  });
});

it.each([
  ['no connectors', ['--worker', 'sales']],
  ['an empty list', ['--worker', 'sales=']],
  ['a connector that is no UUID', ['--worker', 'sales=*']],
  ['a wildcard among UUIDs', ['--worker', `sales=${id},>`]],
  ['a worker id that is none', ['--worker', `sales=${id}@*`]],
  ['a name that would be several tokens', ['--worker', 'sales.>=all']],
  ['a name with a quote in it', ['--worker', 'sa"les=all']],
  ['two of one name', ['--worker', 'a-b=all', '--worker', 'a_b=all']],
  ['the service’s name', ['--worker', `service=${id}`]],
  ['an unknown option', ['--password', 'x']],
])('refuses %s, and says how to use it', (_, args) => {
  expect(() => natsUsersConfig(args)).toThrow('Usage: npm run --silent nats-users');
});

it('leaves passwords to nats-server’s environment', () => {
  const text = natsAccounts(natsUsersConfig(['--worker', 'sales-1=all']));
  expect([...text.matchAll(/password: (\S+)/g)].map(([, password]) => password)).toEqual([
    '$NATS_PASSWORD_SERVICE',
    '$NATS_PASSWORD_SALES_1',
  ]);
});
