import { accessSync, constants } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import getPort from 'get-port';
import { eventually } from '../../stack/eventually.ts';
import { startChild } from '../../stack/start-child.ts';
import { temporaryFolder } from '../../stack/temporary-folder.ts';

export interface RunningRedis {
  url: string;
  stop(): Promise<void>;
}

/**
 * The Redis that `REDIS_URL` names, with the settings that it has; else one of our own if `redis-server` or
 * `valkey-server` is on PATH, which writes every command to disk before it answers; else `null`.
 */
export async function findRedis(): Promise<RunningRedis | null> {
  const named = process.env['REDIS_URL'];
  if (named !== undefined && named !== '') return { url: named, stop: () => Promise.resolve() };
  const program = onPath('redis-server') ?? onPath('valkey-server');
  if (program === null) return null;
  const folder = await temporaryFolder();
  const data = join(folder.path, 'redis');
  await mkdir(data);
  const port = await getPort();
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir: data,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    'maxmemory-policy': 'noeviction',
  };
  const words = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = startChild(program, words, { name: 'redis-server' });
  const stop = async () => {
    await child.stop();
    await folder.remove();
  };
  try {
    await eventually('Redis to listen', () => (child.hasExited() ? null : canConnect(port)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `redis://127.0.0.1:${port}`, stop };
}

function onPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function canConnect(port: number): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(null));
  });
}
