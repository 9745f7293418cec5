import type { Ends } from '../contenders/http-contender.ts';
import { startOutbox, type Outbox } from '../contenders/outbox.ts';
import { say } from '../report.ts';
import { median, rounded } from '../summarise.ts';
import { compareContenders } from './compare-contenders.ts';
import { calmDatabase } from './measure-speeds.ts';
import type { SendOptions } from './send-options.ts';
import { forgetStatements, sayStatementTimes, watchStatements } from './statement-times.ts';
import { insertWaitingEmails } from './waiting-emails.ts';

const few = 1000;
const many = 1_000_000;

/** Emails a second while few and while many others are due on a connector that is switched off. */
export async function measureGrowth(ends: Ends, options: SendOptions) {
  const outbox = await startOutbox(ends, options);
  try {
    if (options.profile !== null) await watchStatements(outbox);
    const { id: connectorId } = await outbox.backEnd.createConnector({
      name: 'Switched off',
      host: ends.target.host,
      port: ends.target.port,
      security: 'none',
    });
    const waiting = { portalId: outbox.stack.portal.id, connectorId, kind: 'mixed' } as const;
    await insertWaitingEmails(outbox.sql, { ...waiting, count: few });
    const waiting1k = await medianSpeed(outbox, options, '1,000 waiting');
    say(`  writing ${many.toLocaleString('en')} waiting emails`);
    await insertWaitingEmails(outbox.sql, { ...waiting, count: many - few });
    const waiting1M = await medianSpeed(outbox, options, '1,000,000 waiting');
    return { waiting1k, waiting1M };
  } finally {
    await outbox.stop();
  }
}

async function medianSpeed(outbox: Outbox, { emails, runs, profile }: SendOptions, title: string) {
  let backends = new Map<number, string>();
  const speeds = await compareContenders([outbox], {
    emails,
    runs,
    size: '1kB',
    title,
    processName: (pid) => backends.get(pid),
    before: async () => {
      backends = await calmDatabase(outbox);
      if (profile !== null) await forgetStatements(outbox);
    },
    after: async (_, run) => {
      if (profile !== null && run === runs) await sayStatementTimes(outbox);
    },
  });
  return rounded(median(speeds.outbox ?? []));
}
