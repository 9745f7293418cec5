import { setTimeout as sleep } from 'node:timers/promises';
import { attemptTimes, type ClaimReply, type ClaimRequest } from '@portal-outbox/contracts';
import type { Asked } from '../bus/service-bus.ts';
import { claimAttempts, type LeaseTimes } from '../db/claim-attempts.ts';
import type { Database } from '../db/database.ts';
import { monotonicMs } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ClaimedMessages } from './claimed-messages.ts';

type AskedClaim = Asked<ClaimRequest, ClaimReply>;

const largestBatch = 200;
/** Under load batches begin so far apart, so that more come together; after a rest a claim is answered at once. */
const paceMs = 8;

/**
 * Grants and refuses claims. Claims that arrive together are one statement, formed while the previous one runs. When
 * the database fails nothing is answered: the worker hears nothing, closes its connection, and nothing was handed over.
 */
export class ClaimDesk {
  readonly #database: Database;
  readonly #messages: ClaimedMessages;
  readonly #leases: LeaseTimes;
  readonly #logger: Logger;
  #waiting: { claim: AskedClaim; askedAt: number }[] = [];
  #working: Promise<void> | null = null;
  #beganAt = -Infinity;

  constructor(database: Database, messages: ClaimedMessages, leases: LeaseTimes, logger: Logger) {
    this.#database = database;
    this.#messages = messages;
    this.#leases = leases;
    this.#logger = logger;
  }

  ask(claim: AskedClaim): void {
    this.#waiting.push({ claim, askedAt: monotonicMs() });
    this.#working ??= this.#work().finally(() => (this.#working = null));
  }

  /** Resolves when every claim that was asked for has its answer. */
  async finish(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const sinceMs = monotonicMs() - this.#beganAt;
      if (sinceMs < paceMs) await sleep(paceMs - sinceMs);
      this.#beganAt = monotonicMs();
      // Who has waited for so long has given up: granted now, the claim would only run out with its lease.
      const batch = this.#waiting
        .splice(0, largestBatch)
        .filter(({ askedAt }) => this.#beganAt - askedAt < attemptTimes.claimAnswer * 1000)
        .map(({ claim }) => claim);
      if (batch.length === 0) continue;
      try {
        await this.#decide(batch);
      } catch (error) {
        this.#logger.error({ err: error, claims: batch.length }, 'claims not answered');
      }
    }
  }

  async #decide(batch: readonly AskedClaim[]): Promise<void> {
    const decisions = await claimAttempts(
      this.#database,
      batch.map(({ connectorId, request }) => ({ ...request, connectorId })),
      this.#leases,
    );
    await Promise.all(
      batch.map(async (claim, index) => {
        const decision = decisions[index];
        const { attemptId, emailId, workerId } = claim.request;
        if (decision === undefined) return;
        if (!decision.granted) {
          this.#logger.debug({ attemptId, emailId, workerId, reason: decision.reason }, 'claim refused');
          claim.answer({ granted: false, reason: decision.reason });
          return;
        }
        const message = await this.#messages.of(decision.content);
        this.#logger.debug({ attemptId, emailId, workerId }, 'claim granted');
        claim.answer({ granted: true, leaseSeconds: this.#leases.leaseSeconds, message });
      }),
    );
  }
}
