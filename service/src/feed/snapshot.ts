/**
 * Which transactions had ended at a moment: all below `xmax` but those in `running`. PostgreSQL's `pg_snapshot`, as it
 * writes it: `xmin:xmax:running,…`.
 */
export interface Snapshot {
  text: string;
  xmax: number;
  /** Ascending. */
  running: readonly number[];
}

/** `null` when it is none. Numbers of transactions have 64 bits; none gets near 15 digits. */
export function readSnapshot(text: string): Snapshot | null {
  const [, from, to, list] = /^(\d{1,15}):(\d{1,15}):((?:\d{1,15},)*\d{1,15})?$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return null;
  const [xmin, xmax] = [Number(from), Number(to)];
  const running = list === undefined ? [] : list.split(',').map(Number);
  const inOrder = running.every(
    (xid, index) => xid >= xmin && xid > (running[index - 1] ?? -1) && xid < xmax,
  );
  return xmin <= xmax && inOrder ? { text, xmax, running } : null;
}

/** The moment at which everything below this transaction has ended, and nothing else. */
export function everythingBelow(xid: number): Snapshot {
  return { text: `${xid}:${xid}:`, xmax: xid, running: [] };
}

/** Whether what this transaction did was to be seen at that moment. */
export function shows(snapshot: Snapshot, xid: number): boolean {
  return xid < snapshot.xmax && !snapshot.running.includes(xid);
}

/** Whether everything that was to be seen at the moment `earlier` was to be seen at `later` too. */
export function includes(later: Snapshot, earlier: Snapshot): boolean {
  return (
    later.xmax >= earlier.xmax &&
    later.running.every((xid) => xid >= earlier.xmax || earlier.running.includes(xid))
  );
}
