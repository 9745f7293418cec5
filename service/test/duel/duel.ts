import { expect } from 'vitest';
import type { Sql } from '../../src/db/database.ts';
import { inTransaction } from '../../src/db/database.ts';
import type { ReadScope } from '../../src/outbox/visibility.ts';
import { author, claimOf, type GivenOutbox } from '../outbox-fixture.ts';
import { acts, type ActName, type Actor } from './acts.ts';
import { expectConsistent, look, type Standing } from './look.ts';
import { ripen, type Situation, type Subject } from './situations.ts';

/** How two meet: one after the other, both at once, or the second while the first has not committed yet. */
export type Meeting = 'in order' | 'at once' | 'waiting for the first';

/** An email and how it stood when it was prepared. */
export interface Contender {
  subject: Subject;
  before: Standing;
}

export interface Ended {
  /** For each of the two, whether it changed the row. */
  done: boolean[];
  standing: Standing;
}

/** Lets one or two act on an email and looks at what has become of it. Whatever never may be breaks the test. */
export async function fight(
  given: GivenOutbox,
  situation: Situation,
  { subject, before }: Contender,
  names: readonly ActName[],
  meeting: Meeting,
): Promise<Ended> {
  const what = `${situation}: ${names.join(' × ')}, ${meeting}`;
  await ripen(given, situation, subject);
  const rival = subject.attempt && claimOf(subject.attempt);
  const scope = await scopeOf(given);
  const actor: Actor = { scope, portalId: given.portalId, subject, rival };
  const pools = [given.database, given.other];
  const begin = (index: number, meanwhile?: () => Promise<void>): Promise<boolean> =>
    inTransaction(pools[index]!, async (tx) => {
      const done = await act(tx, names[index]!, actor, what);
      await meanwhile?.();
      return done;
    });
  let done: boolean[];
  if (meeting === 'at once') {
    done = await Promise.all(names.map((_, index) => begin(index)));
  } else if (meeting === 'waiting for the first') {
    let second: Promise<boolean> | undefined;
    const first = await begin(0, async () => {
      second = begin(1);
      await isBlockedOrDone(given, second);
    });
    done = [first, await second!];
  } else {
    done = [];
    for (const index of names.keys()) done.push(await begin(index));
  }
  const [standing] = await look(given.database, [subject]);
  if (standing === undefined) throw new Error('Nothing to look at.');
  expectConsistent(standing, before, what);
  return { done, standing: nameTokens(standing, actor) };
}

const scopes = new WeakMap<GivenOutbox, Promise<ReadScope>>();
function scopeOf(given: GivenOutbox): Promise<ReadScope> {
  const scope = scopes.get(given) ?? given.scopeOf(author);
  scopes.set(given, scope);
  return scope;
}

/** Whether the act changed the row: its present version is this transaction's. What the act says of itself must agree. */
async function act(tx: Sql, name: ActName, actor: Actor, what: string): Promise<boolean> {
  const said = await acts[name](tx, actor);
  const { id } = actor.subject;
  const [row] = await tx<{ own: boolean }[]>`
    select xmin = pg_current_xact_id()::xid as own from outbox_email where id = ${id}
    union all
    select xmin = pg_current_xact_id()::xid from email_archive where id = ${id}`;
  const done = row?.own ?? false;
  if (typeof said === 'boolean') expect(said, `${what}: ${name} says so`).toBe(done);
  return done;
}

/** Resolves once a connection of the database waits for a lock, or the work is over. */
async function isBlockedOrDone({ database }: GivenOutbox, work: Promise<unknown>): Promise<void> {
  let over = false;
  void work.finally(() => (over = true)).catch(() => undefined);
  while (!over) {
    const waiting = await database`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' limit 1`;
    if (waiting.length > 0) return;
  }
}

/** Whose token it is, so that standings of different emails can be compared. */
function nameTokens(standing: Standing, { subject, rival }: Actor): Standing {
  const { token } = standing;
  const name =
    token === null
      ? null
      : token === rival?.claimToken
        ? 'the rival’s'
        : token === subject.earlier?.claim.claimToken
          ? 'the earlier one’s'
          : 'its own';
  return { ...standing, token: name };
}
