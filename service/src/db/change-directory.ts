import { inTransaction, type Database, type Sql } from './database.ts';
import { noteSightChange } from './sight-changes.ts';

/** What a change of the directory touches, for those who have to follow it. */
export class Touched {
  /** Whose leaf teams have changed. */
  readonly users = new Set<string>();
  /** On which others work now. */
  readonly packets = new Set<string>();
  /** Who may see something else now, or see it in another view. */
  readonly readers = new Set<string>();
  /** Users, teams and packets that are different now, as kind and id. */
  readonly changed = new Set<string>();
}

/**
 * Runs a change of a portal's directory in a transaction, and brings in step what follows from it: which teams the
 * emails in the list belong to, and whoever follows changes. Changes of one portal take turns. The transaction writes
 * no email, and closes the list to what enters or leaves it for its last moment only: nobody who submits or settles
 * stands still for it.
 */
export async function changeDirectory(
  database: Database,
  portalId: string,
  write: (tx: Sql, touched: Touched) => Promise<void>,
): Promise<Touched> {
  return await inTransaction(database, async (tx) => {
    const touched = new Touched();
    await tx`select lock_directory(${portalId})`;
    await write(tx, touched);
    if (touched.readers.size > 0) await noteSightChange(tx, portalId, [...touched.readers]);
    if (touched.users.size + touched.packets.size > 0) {
      // Last: from here to the commit the list is closed.
      await tx`select follow_directory(${portalId}, ${[...touched.users]}, ${[...touched.packets]})`;
    }
    return touched;
  });
}
