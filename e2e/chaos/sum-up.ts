import type { ActionCounts } from './act-on-emails.ts';
import { measures, type Evidence, type Judge, type Measure, type Violation } from './evidence.ts';
import { faultNames, type FaultName } from './fault-kinds.ts';
import type { PlannedFault } from './fault-schedule.ts';
import { judgeAgreement, judgeCounts } from './judge-agreement.ts';
import { judgeContent, judgeDeliveries } from './judge-deliveries.ts';
import { judgeFailed, judgeFalseDoubt, judgeUnreported } from './judge-doubt.ts';
import { judgeCancels, judgeDisabled, judgeDueTimes, judgeImported } from './judge-times.ts';
import { isTaken } from './mail-record.ts';

export interface Judged {
  violations: Violation[];
  zero: Record<Measure, number>;
}

const judges: readonly Judge[] = [
  judgeDeliveries,
  judgeContent,
  judgeCancels,
  judgeDueTimes,
  judgeDisabled,
  judgeImported,
  judgeUnreported,
  judgeFalseDoubt,
  judgeFailed,
  judgeAgreement,
];

/** Every measure that must be zero, and what it was not zero for. */
export function judge(evidence: Evidence): Judged {
  const violations = [
    ...evidence.stories.flatMap((story) => judges.flatMap((it) => it(story, evidence))),
    ...judgeCounts(evidence),
  ];
  const count = (measure: Measure) => violations.filter((it) => it.measure === measure).length;
  const zero = Object.fromEntries(measures.map((it) => [it, count(it)])) as Record<Measure, number>;
  return { violations, zero };
}

/** The last line of the output. */
export interface ChaosResult {
  name: 'chaos';
  seed: number;
  fsync: 'on';
  onUncertain: 'hold' | 'resend';
  emails: number;
  faults: number;
  byFault: Record<FaultName, number>;
  actions: ActionCounts;
  zero: Record<Measure, number>;
  /** Emails of which some attempt ended in doubt. */
  uncertain: number;
  imported: number;
  /** Messages that the mail server took upon itself, and recipients that got one again under the same Message-ID. */
  received: number;
  receivedAgain: number;
  /** Answers that the service must not give (5xx but 503). */
  serverErrors: number;
  seconds: number;
}

export function sumUp(run: {
  evidence: Evidence;
  judged: Judged;
  faults: readonly PlannedFault[];
  actions: ActionCounts;
  serverErrors: number;
  seconds: number;
}): ChaosResult {
  const { options, stories, record, stored } = run.evidence;
  const struck = (name: FaultName) => run.faults.filter((it) => it.name === name).length;
  const taken = record.transactions.filter(isTaken);
  const receptions = taken.flatMap(({ message, recipients }) =>
    recipients.map((address) => `${message?.messageId} ${address}`),
  );
  return {
    name: 'chaos',
    seed: options.seed,
    fsync: 'on',
    onUncertain: options.onUncertain,
    emails: stories.length,
    faults: run.faults.length,
    byFault: Object.fromEntries(faultNames.map((it) => [it, struck(it)])) as Record<FaultName, number>,
    actions: run.actions,
    zero: run.judged.zero,
    uncertain: [...stored.values()].filter((it) => it.attempts.some(({ result }) => result === 'uncertain'))
      .length,
    imported: stories.filter(({ plan }) => plan.imported).length,
    received: taken.length,
    receivedAgain: receptions.length - new Set(receptions).size,
    serverErrors: run.serverErrors,
    seconds: run.seconds,
  };
}
