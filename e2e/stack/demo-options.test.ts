import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { readDemoOptions } from './demo-options.ts';

it('takes the port it is given', async () => {
  expect(await readDemoOptions(['--port', '41873', '--check'])).toEqual({ port: 41873, check: true });
});

it('names a free port when the one asked for is in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await expect(readDemoOptions(['--port', String(port)])).rejects.toThrow(
    new RegExp(`Port ${port} is in use.*\n  npm run demo -- --port \\d+`),
  );
  server.close();
});

it.each([
  [['--port', 'abc'], '--port takes a number'],
  [['--port', '80'], '--port takes a number'],
  [['--mail', '/no/such/folder'], 'does not exist'],
  [['--colour'], 'npm run demo -- --check'],
])('refuses %j and says what to type', async (words, message) => {
  await expect(readDemoOptions(words)).rejects.toThrow(message);
});

it('explains itself when asked', async () => {
  expect(await readDemoOptions(['--help'])).toBe('help');
});
