import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard } from './guard.ts';

export interface TemporaryFolder {
  path: string;
  /** Removes it with everything in it; again is harmless. */
  remove(): Promise<void>;
}

/**
 * One folder for all data of a run. Others may pass through it (0711) but not list it: PostgreSQL runs as
 * another user when we are root. It is removed at the latest when this process ends.
 */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'portal-outbox-'));
  guard.removeAtEnd(path);
  await chmod(path, 0o711);
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
