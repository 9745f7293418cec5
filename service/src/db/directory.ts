import type { DirectoryEntry, DirectoryKind, DirectoryLine } from '@portal-outbox/contracts';
import { changeDirectory, type Touched } from './change-directory.ts';
import type { Database, Sql } from './database.ts';
import { deletePackets, writePackets } from './directory-packets.ts';
import { noteNamed, readUnnamed } from './directory-sync.ts';
import { deleteTeams, writeTeams } from './directory-teams.ts';
import { deleteUsers, writeUsers } from './directory-users.ts';

/**
 * Puts and deletes users, teams and packets in the order given; neighbours of one kind all or none. From then on every
 * view follows. To put what is known already, or to delete what is not, changes nothing. Returns which of them are
 * different now.
 */
export async function applyDirectory(
  database: Database,
  portalId: string,
  lines: readonly DirectoryLine[],
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  for (const run of runsOf(lines)) {
    // Each its own: who renames holds rows of the list, for which must wait nobody for whom a move of teams waits.
    const touched = await changeDirectory(database, portalId, async (tx, noted) => {
      await apply(tx, portalId, run, noted);
      await noteNamed(tx, portalId, run.filter(isEntry));
    });
    for (const it of touched.changed) changed.add(it);
  }
  return changed;
}

/** Deletes up to `limit` that a complete sync has not named. Returns how many there were. */
export async function deleteUnnamed(
  database: Database,
  portalId: string,
  syncId: string,
  kind: DirectoryKind,
  limit: number,
): Promise<number> {
  let count = 0;
  await changeDirectory(database, portalId, async (tx, touched) => {
    const ids = await readUnnamed(tx, portalId, syncId, kind, limit);
    count = ids.length;
    const lines = ids.map((id) => ({ kind, id, deleted: true as const }));
    await apply(tx, portalId, lines, touched);
  });
  return count;
}

function isEntry(line: DirectoryLine): line is DirectoryEntry {
  return !('deleted' in line);
}

/** Neighbours of one kind, put or deleted, that one statement can take: of the same id, the last. */
function runsOf(lines: readonly DirectoryLine[]): DirectoryLine[][] {
  const runs: { of: string; lines: Map<string, DirectoryLine> }[] = [];
  for (const line of lines) {
    const of = `${line.kind} ${isEntry(line)}`;
    const last = runs.at(-1);
    if (last?.of === of) last.lines.set(line.id, line);
    else runs.push({ of, lines: new Map([[line.id, line]]) });
  }
  return runs.map((run) => [...run.lines.values()]);
}

async function apply(
  tx: Sql,
  portalId: string,
  run: readonly DirectoryLine[],
  touched: Touched,
): Promise<void> {
  const entries = run.filter(isEntry);
  await writeUsers(tx, portalId, ofKind(entries, 'user'), touched);
  await writeTeams(tx, portalId, ofKind(entries, 'team'), touched);
  await writePackets(tx, portalId, ofKind(entries, 'packet'), touched);
  const deleted = run.filter((line) => !isEntry(line));
  const ids = (kind: DirectoryKind) => deleted.filter((line) => line.kind === kind).map((line) => line.id);
  await deleteUsers(tx, portalId, ids('user'), touched);
  await deleteTeams(tx, portalId, ids('team'), touched);
  await deletePackets(tx, portalId, ids('packet'), touched);
}

function ofKind<Kind extends DirectoryKind>(
  entries: readonly DirectoryEntry[],
  kind: Kind,
): Extract<DirectoryEntry, { kind: Kind }>[] {
  return entries.filter((entry): entry is Extract<DirectoryEntry, { kind: Kind }> => entry.kind === kind);
}
