import type { AttemptOutcome } from '@portal-outbox/contracts';
import { settle } from '../outbox/settlement.ts';
import type { Sql } from './database.ts';
import { readUncertainAttempts, readUnsettled, type UnsettledRow } from './unsettled-emails.ts';
import { writeSettlements, type Applied } from './write-settlements.ts';

export interface SettledAttempts {
  /** Ids of the attempts whose outcome was applied. */
  applied: Set<string>;
  /** Those of them that their emails were waiting for. */
  current: Set<string>;
  /** Connectors whose mail server asked to slow down. */
  throttled: string[];
  /** Connectors in trouble whose mail server has answered MAIL FROM. */
  recovered: string[];
}

/** How often a row that changed between reading and writing is decided on anew. */
const mostRounds = 10;

/**
 * Applies outcomes to their emails, each at most once: the rows are read, decided on, and updated where they are still
 * as they were decided on; the others are decided on anew. An outcome that is not the row's is left out of the answer.
 * A real outcome of an attempt that ended as "may have been sent" replaces that, and supersedes a retry not yet
 * claimed. One outcome an email.
 */
export async function settleAttempts(
  sql: Sql,
  outcomes: readonly AttemptOutcome[],
  random: () => number,
): Promise<SettledAttempts> {
  const applied: Applied[] = [];
  let left = outcomes;
  for (let round = 1; left.length > 0; round += 1) {
    if (round > mostRounds) throw new Error(`${left.length} emails change faster than they can be settled.`);
    const decided = await decide(sql, left, random);
    const written = decided.length === 0 ? new Set<string>() : await writeSettlements(sql, decided);
    applied.push(...decided.filter(({ row }) => written.has(row.id)));
    left = decided.filter(({ row }) => !written.has(row.id)).map(({ outcome }) => outcome);
  }
  const connectorsOf = (which: (it: Applied) => boolean): string[] => [
    ...new Set(applied.filter(which).map(({ row }) => row.connector_id)),
  ];
  return {
    applied: new Set(applied.map(({ outcome }) => outcome.attemptId)),
    current: new Set(applied.filter(({ late }) => !late).map(({ outcome }) => outcome.attemptId)),
    throttled: connectorsOf(({ settlement }) => settlement.throttled),
    recovered: connectorsOf(({ row, outcome, late }) => !late && row.in_trouble && provesHealth(outcome)),
  };
}

/** The conversation got past MAIL FROM: the connector works. */
function provesHealth({ result }: AttemptOutcome): boolean {
  return result !== 'connector_trouble' && result !== 'not_sent';
}

async function decide(
  sql: Sql,
  outcomes: readonly AttemptOutcome[],
  random: () => number,
): Promise<Applied[]> {
  const byEmail = new Map(outcomes.map((outcome) => [outcome.emailId, outcome]));
  const rows = (await readUnsettled(sql, [...byEmail.keys()])).flatMap((row) => {
    const outcome = byEmail.get(row.id);
    return outcome?.connectorId === row.connector_id ? [{ row, outcome }] : [];
  });
  const strangers = rows.filter(({ row, outcome }) => !isAwaited(outcome, row)).map(({ outcome }) => outcome);
  const uncertain = strangers.length === 0 ? new Set() : await readUncertainAttempts(sql, strangers);
  return rows.flatMap(({ row, outcome }) => {
    const late = uncertain.has(outcome.attemptId) && outcome.result !== 'uncertain';
    if (!late && !isAwaited(outcome, row)) return [];
    const email = {
      seriesPosition: row.series_position,
      recipients: row.recipients,
      migrated: row.migrated,
      onUncertain: row.on_uncertain,
    };
    const settlement = settle(email, outcome, row.retry_delays_seconds, random());
    return [{ row, outcome, settlement, late }];
  });
}

/** Whether the row waits for this very outcome, from somebody who can prove that the attempt was theirs. */
function isAwaited(outcome: AttemptOutcome, row: UnsettledRow): boolean {
  if (outcome.attemptId !== row.attempt_id || outcome.nonce !== row.nonce) return false;
  if (row.state === 'claimed') return outcome.claimToken === row.claim_token;
  // Not claimed, so nothing was handed over, whatever the worker says.
  return (
    row.state === 'dispatched' &&
    outcome.result !== 'uncertain' &&
    [outcome, ...outcome.recipients].every(({ result }) => result !== 'accepted')
  );
}
