import type { OutboxFilter, OutboxView } from '@portal-outbox/contracts';
import { catchUpTallies, catchUpTotal } from '../db/count-changes.ts';
import type { Database } from '../db/database.ts';
import {
  readCauses,
  readIfUnchanged,
  readTallies,
  readTotal,
  type CauseGroup,
  type CountedEmails,
  type Reading,
  type Tallies,
} from '../db/email-counts.ts';
import { countedSight } from '../outbox/counted-sight.ts';
import type { ReadScope, Sight } from '../outbox/visibility.ts';
import type { Dependencies } from './context.ts';
import { SharedReadings, type Shared } from './shared-readings.ts';

/** Counts of views, each shared by everybody in this process who sees the same. */
export class OutboxCounts {
  readonly #reads: Database;
  readonly #readings: SharedReadings;

  constructor({ database, reads }: Pick<Dependencies, 'database' | 'reads'>) {
    this.#reads = reads;
    this.#readings = new SharedReadings((portalId, snapshot) =>
      readIfUnchanged(database, portalId, snapshot),
    );
  }

  /** How many emails of the view match. */
  total(scope: ReadScope, view: OutboxView, filter: OutboxFilter): Promise<Shared<number>> {
    return this.#get('total', scope, view, filter, readTotal, catchUpTotal);
  }

  /** The same by connector and standing. */
  tallies(scope: ReadScope, view: OutboxView, filter: OutboxFilter): Promise<Shared<Tallies>> {
    return this.#get('tallies', scope, view, filter, readTallies, catchUpTallies);
  }

  causes(scope: ReadScope, view: OutboxView, filter: OutboxFilter): Promise<Shared<CauseGroup[]>> {
    return this.#get('causes', scope, view, filter, readCauses);
  }

  #get<Value>(
    kind: string,
    scope: ReadScope,
    view: OutboxView,
    filter: OutboxFilter,
    read: (sql: Database, counted: CountedEmails) => Promise<Reading<Value>>,
    catchUp?: CatchUp<Value>,
  ): Promise<Shared<Value>> {
    const { portalId } = scope;
    const counted = { portalId, ...withoutSystem(countedSight(scope, view), filter) };
    const key = JSON.stringify([kind, portalId, counted.sight, counted.filter]);
    return this.#readings.get(portalId, key, {
      read: () => read(this.#reads, counted),
      ...(catchUp && { catchUp: (before) => catchUp(this.#reads, counted, before) }),
    });
  }
}

/** System emails only are a sight of their own, which is counted already for the view of this name. */
function withoutSystem(sight: Sight, filter: OutboxFilter): Pick<CountedEmails, 'sight' | 'filter'> {
  const { systemGenerated, ...others } = filter;
  if (systemGenerated !== true) return { sight, filter };
  return { sight: { ...sight, authorIds: [], systemOnly: true }, filter: others };
}

type CatchUp<Value> = (
  sql: Database,
  counted: CountedEmails,
  before: Reading<Value>,
) => Promise<Reading<Value> | null>;
