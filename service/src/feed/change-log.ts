import type { CommittedChange } from '../db/changes.ts';
import type { EmailOwnership } from '../outbox/visibility.ts';
import { everythingBelow, includes, shows, type Snapshot } from './snapshot.ts';

/** An email of the list as a reader may be shown it, read at one moment with what decides who sees it. */
export interface PresentEmail {
  /** As JSON. */
  email: string;
  ownership: EmailOwnership;
  /** Whole events, by the views that they name: made once, for all readers whose views they are. */
  events: Map<string, Buffer>;
}

export interface LoggedChange extends CommittedChange {
  /** Rises by one with each change, in the order in which this process has read them. */
  number: number;
  /** The email now; `null`: it is not in the list; `undefined`: not read. */
  present: PresentEmail | null | undefined;
}

interface Batch {
  /** Shows all changes up to this one. */
  until: Snapshot;
  lastNumber: number;
}

/** How many of the latest changes keep their email's row: more is read again when somebody resumes. */
const mostRows = 1000;

/** The latest committed changes of all portals: whoever was away for a moment is told from here. */
export class ChangeLog {
  readonly #most: number;
  #changes: LoggedChange[] = [];
  #batches: Batch[] = [];
  /** Everything that was committed later is in the log; `null` while that cannot be said. */
  #floor: Snapshot | null = everythingBelow(0);
  #nextNumber = 1;
  #firstWithRow = 1;

  constructor(most: number) {
    this.#most = most;
  }

  /** Older changes are forgotten. */
  get firstNumber(): number {
    return this.#changes[0]?.number ?? this.#nextNumber;
  }

  /** Begins anew: everything that was committed after `floor` will be in it. */
  restart(floor: Snapshot): void {
    this.#changes = [];
    this.#batches = [];
    this.#floor = floor;
  }

  add(changes: readonly CommittedChange[]): LoggedChange[] {
    const logged = changes.map((change) => ({ ...change, number: this.#nextNumber++, present: undefined }));
    this.#changes.push(...logged);
    this.#forgetOld();
    return logged;
  }

  /** Everything up to `until` has been added. */
  complete(until: Snapshot): void {
    const lastNumber = this.#nextNumber - 1;
    const last = this.#batches.at(-1);
    if (this.#floor === null) this.restart(until);
    else if (lastNumber > (last?.lastNumber ?? this.firstNumber - 1))
      this.#batches.push({ until, lastNumber });
  }

  /** What was committed since and concerns the portal; `null` when that is not known any more. */
  since(position: Snapshot, portalId: string): LoggedChange[] | null {
    if (this.#floor === null || !includes(position, this.#floor)) return null;
    return this.#changes.filter((change) => change.portalId === portalId && !shows(position, change.xid));
  }

  /** Lets the rows of older changes go that were read again for somebody. */
  forgetRows(changes: Iterable<LoggedChange>): void {
    for (const change of changes) if (change.number < this.#firstWithRow) change.present = undefined;
  }

  /** Whole batches go, since a snapshot stands between batches only. */
  #forgetOld(): void {
    while (this.#changes.length > this.#most) {
      const oldest = this.#batches.shift();
      this.#floor = oldest?.until ?? null;
      const gone = oldest === undefined ? this.#changes.length : oldest.lastNumber - this.firstNumber + 1;
      this.#changes.splice(0, gone);
    }
    const first = this.#nextNumber - mostRows;
    for (let number = Math.max(this.#firstWithRow, this.firstNumber); number < first; number += 1) {
      const old = this.#changes[number - this.firstNumber];
      if (old !== undefined) old.present = undefined;
    }
    this.#firstWithRow = Math.max(this.#firstWithRow, first);
  }
}
