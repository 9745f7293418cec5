import type { NatsConnection } from 'nats';
import * as v from 'valibot';
import {
  attemptTimes,
  claimReply,
  mostClaims,
  subjects,
  type ClaimReply,
  type ClaimRequest,
} from '@portal-outbox/contracts';
import type { Logger } from '../runtime/logger.ts';
import { ask } from './ask.ts';
import { inBatches } from './in-batches.ts';

/** Asks for one claim; `null`: no answer in time, or none that is understood. */
export type AskForClaim = (connectorId: string, request: ClaimRequest) => Promise<ClaimReply | null>;

const severalReplies = v.array(v.nullable(claimReply));
const answerMs = attemptTimes.claimAnswer * 1000;

/** Claims of a connector that are asked for at the same time go in one message. */
export function claimAsker(connection: NatsConnection, logger: Logger): AskForClaim {
  const byConnector = new Map<string, (request: ClaimRequest) => Promise<ClaimReply | null>>();
  return (connectorId, request) => {
    const asker = byConnector.get(connectorId) ?? inBatches(mostClaims, (all) => askAll(connectorId, all));
    byConnector.set(connectorId, asker);
    return asker(request);
  };

  async function askAll(
    connectorId: string,
    requests: readonly ClaimRequest[],
  ): Promise<(ClaimReply | null)[]> {
    const subject = subjects.claims(connectorId);
    const alone = (request: unknown) => ask(connection, logger, subject, request, claimReply, answerMs);
    if (requests.length === 1) return [await alone(requests[0])];
    const replies = await ask(connection, logger, subject, requests, severalReplies, answerMs);
    if (replies?.length !== requests.length) return requests.map(() => null);
    // What did not fit beside the others is asked for alone.
    return await Promise.all(
      requests.map(async (request, place) => replies[place] ?? (await alone(request))),
    );
  }
}
