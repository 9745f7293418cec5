import type { AttemptOutcome } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';
import { settleAttempts } from './settle-attempts.ts';

/**
 * Claims whose lease ran out: the worker has gone silent and nobody knows (B1). They are settled as uncertain, with the
 * worker's own proof, so that a late real outcome still finds its attempt. Run it in a
 * transaction. Returns how many.
 *
 * @param asOf an instant of the database's clock: leases that ran out before it
 */
export async function loseClaims(tx: Sql, random: () => number, asOf: Date): Promise<number> {
  const lost = await tx<AttemptOutcome[]>`
    select e.attempt_id as "attemptId", e.attempt_no as "attemptNo", e.id as "emailId",
           e.connector_id as "connectorId", e.worker_id as "workerId", 0 as "connectorRevision", e.nonce,
           e.claim_token as "claimToken", 'uncertain' as result, 'final_dot' as phase, null as code,
           null as "enhancedCode", '' as reply, 'may_have_been_sent' as cause, '[]'::json as recipients,
           (extract(epoch from now() - e.last_attempt_at) * 1000)::float8 as "durationMs"
    from outbox_email e
    where e.state = 'claimed' and e.lease_until < ${asOf}
    order by e.id
    limit 1000
    for no key update skip locked`;
  if (lost.length === 0) return 0;
  return (await settleAttempts(tx, lost, random)).applied.size;
}
