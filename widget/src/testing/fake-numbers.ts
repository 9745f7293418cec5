import {
  sendStatuses,
  type OutboxCauses,
  type OutboxCount,
  type OutboxEmail,
  type OutboxFilter,
  type OutboxView,
} from '@portal-outbox/contracts';

/** What the service counts of these emails. */
export function countEmails(emails: readonly OutboxEmail[], view: OutboxView, failed: number): OutboxCount {
  const connectors = Map.groupBy(emails, (email) => email.connector.id);
  const byStatus = Object.fromEntries(
    sendStatuses.map((status) => [status, emails.filter((email) => email.status === status).length]),
  ) as NonNullable<OutboxCount['byStatus']>;
  return {
    view,
    total: emails.length,
    failed,
    byStatus,
    byConnector: [...connectors].map(([id, of]) => ({ id, name: of[0]!.connector.name, total: of.length })),
    oldestWaitingAt: emails.map((email) => email.submittedAt).toSorted()[0] ?? null,
    newerInMs: null,
  };
}

/** Failures by connector and cause. */
export function groupCauses(emails: readonly OutboxEmail[], view: OutboxView): OutboxCauses {
  const failing = emails.filter((email) => email.lastFailure !== null);
  const groups = Map.groupBy(failing, (email) => `${email.connector.id} ${email.lastFailure?.cause}`);
  return {
    view,
    newerInMs: null,
    items: [...groups.values()]
      .map((of) => {
        const [first] = of as [OutboxEmail];
        const times = of.map((email) => email.lastAttemptAt).filter((time) => time !== null);
        return {
          connector: { id: first.connector.id, name: first.connector.name },
          cause: first.lastFailure!.cause,
          meaning: { en: '', fr: '' },
          advice: { en: '', fr: '' },
          total: of.length,
          failed: of.filter((email) => email.status === 'failed').length,
          waiting: of.filter((email) => email.status !== 'failed').length,
          firstAt: times.toSorted()[0] ?? null,
          lastAt: times.toSorted().at(-1) ?? null,
          exampleReply: first.lastFailure!.reply,
        };
      })
      .toSorted((a, b) => b.total - a.total),
  };
}

/** The filter of an address, as the service reads it. */
export function readFilter(query: URLSearchParams): OutboxFilter {
  const lists = ['status', 'cause', 'connector', 'author', 'packetType', 'importance'];
  const filter: Record<string, unknown> = {};
  for (const name of lists) if (query.has(name)) filter[name] = query.getAll(name);
  for (const name of ['systemGenerated', 'hasAttachments']) {
    if (query.has(name)) filter[name] = query.get(name) === 'true';
  }
  for (const name of ['submittedFrom', 'submittedTo', 'search']) {
    if (query.has(name)) filter[name] = query.get(name);
  }
  return filter;
}
