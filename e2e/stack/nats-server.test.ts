import { connect, StorageType } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNats, type RunningNats } from './nats-server.ts';
import { temporaryFolder, type TemporaryFolder } from './temporary-folder.ts';

let folder: TemporaryFolder;
let server: RunningNats;

beforeAll(async () => {
  folder = await temporaryFolder();
  server = await startNats({ folder: folder.path });
});

afterAll(async () => {
  await server.stop();
  await folder.remove();
});

it('keeps a JetStream message over a kill and a start', async () => {
  const before = await connect({ servers: server.url });
  const manager = await before.jetstreamManager();
  await manager.streams.add({ name: 'KEPT', subjects: ['kept'], storage: StorageType.File });
  await before.jetstream().publish('kept', 'a message');
  await before.close();

  await server.kill();
  await server.restart();

  const after = await connect({ servers: server.url });
  const stream = await (await after.jetstreamManager()).streams.info('KEPT');
  expect(stream.state.messages).toBe(1);
  await after.close();
});

it('says what to type when the named program cannot be run', async () => {
  process.env['NATS_SERVER_BIN'] = '/no/such/nats-server';
  try {
    await expect(startNats({ folder: folder.path })).rejects.toThrow(
      'NATS_URL=nats://localhost:4222 npm run demo',
    );
  } finally {
    delete process.env['NATS_SERVER_BIN'];
  }
});
