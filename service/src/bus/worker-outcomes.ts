import { StringCodec, type JetStreamClient } from 'nats';
import { mostOutcomes, subjects, type AttemptOutcome } from '@portal-outbox/contracts';
import { inBatches } from './in-batches.ts';
import { traceHeaders } from './trace-headers.ts';

/** Resolves when the stream has the outcome. */
export type PublishOutcome = (outcome: AttemptOutcome) => Promise<void>;

const text = StringCodec();
/** From another account nobody says that the stream is not there. */
const storedAnswerMs = 2000;
/** What the mail server said of 500 recipients is much; a message must stay below the broker's limit. */
const largestReport = 256 * 1024;

/** Outcomes of a connector that are reported at the same time go in one message. */
export function outcomePublisher(jetStream: JetStreamClient): PublishOutcome {
  const byConnector = new Map<string, PublishOutcome>();
  return (outcome) => {
    const { connectorId } = outcome;
    const publish =
      byConnector.get(connectorId) ??
      inBatches<AttemptOutcome, void>(mostOutcomes, async (outcomes) => {
        await Promise.all(reportsOf(outcomes).map((report) => store(connectorId, report)));
        return [];
      });
    byConnector.set(connectorId, publish);
    return publish(outcome);
  };

  async function store(connectorId: string, { outcomes, parts }: Report): Promise<void> {
    const [first] = outcomes;
    const alone = first !== undefined && outcomes.length === 1;
    await jetStream.publish(
      subjects.outcomes(connectorId),
      text.encode(alone ? (parts[0] ?? '') : `[${parts.join()}]`),
      { timeout: storedAnswerMs, ...(alone && { headers: traceHeaders(first) }) },
    );
  }
}

interface Report {
  outcomes: AttemptOutcome[];
  /** Each outcome as JSON. */
  parts: string[];
}

function reportsOf(outcomes: readonly AttemptOutcome[]): Report[] {
  const reports: Report[] = [];
  let room = 0;
  for (const outcome of outcomes) {
    const part = JSON.stringify(outcome);
    if (part.length > room) {
      reports.push({ outcomes: [], parts: [] });
      room = largestReport;
    }
    room -= part.length;
    reports.at(-1)?.outcomes.push(outcome);
    reports.at(-1)?.parts.push(part);
  }
  return reports;
}
