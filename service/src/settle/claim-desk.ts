import type { ClaimReply, ClaimRequest } from '@portal-outbox/contracts';
import type { Asked } from '../bus/service-bus.ts';
import { claimAttempts } from '../db/claim-attempts.ts';
import { readClaimedContent } from '../db/claimed-content.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../runtime/logger.ts';
import type { ClaimedMessages } from './claimed-messages.ts';

type AskedClaim = Asked<ClaimRequest, ClaimReply>;

const largestBatch = 200;

/**
 * Grants and refuses claims. Claims that arrive together are one statement, formed while the previous one runs. When
 * the database fails nothing is answered: the worker hears nothing, closes its connection, and nothing was handed over.
 */
export class ClaimDesk {
  readonly #database: Database;
  readonly #messages: ClaimedMessages;
  readonly #leaseSeconds: number;
  readonly #logger: Logger;
  #waiting: AskedClaim[] = [];
  #working: Promise<void> | null = null;

  constructor(database: Database, messages: ClaimedMessages, leaseSeconds: number, logger: Logger) {
    this.#database = database;
    this.#messages = messages;
    this.#leaseSeconds = leaseSeconds;
    this.#logger = logger;
  }

  ask(claim: AskedClaim): void {
    this.#waiting.push(claim);
    this.#working ??= this.#work();
  }

  /** Resolves when every claim that was asked for has its answer. */
  async finish(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, largestBatch);
      try {
        await this.#decide(batch);
      } catch (error) {
        this.#logger.error({ err: error, claims: batch.length }, 'claims not answered');
      }
    }
    this.#working = null;
  }

  async #decide(batch: readonly AskedClaim[]): Promise<void> {
    const decisions = await claimAttempts(
      this.#database,
      batch.map(({ connectorId, request }) => ({ ...request, connectorId })),
      this.#leaseSeconds,
    );
    const granted = decisions.filter((decision) => decision.granted).map((decision) => decision.emailId);
    const contents = await readClaimedContent(this.#database, granted);
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
        const content = contents.get(emailId);
        if (content === undefined) throw new Error(`Email ${emailId} has no content.`);
        const message = await this.#messages.of(content);
        this.#logger.debug({ attemptId, emailId, workerId }, 'claim granted');
        claim.answer({ granted: true, leaseSeconds: this.#leaseSeconds, message });
      }),
    );
  }
}
