import {
  foldReply,
  foldText,
  importances,
  packetTypes,
  sendStatuses,
  type DeliveryCause,
  type OutboxEmail,
  type OutboxSort,
  type OutboxSortColumn,
} from '@portal-outbox/contracts';

export type EmailOrder = (a: OutboxEmail, b: OutboxEmail) => number;

/** `null`: it has none, and comes last both ways. */
type Value = string | number | null;

/**
 * The service's order, as far as a row shows what it is sorted by: for the places of rows that come in and whether one that
 * has changed still stands where it belongs. `meaningOf`: the cause as the reader reads it.
 */
export function emailOrder(sort: OutboxSort, meaningOf: (cause: DeliveryCause) => string): EmailOrder {
  const descending = sort.startsWith('-');
  const valueOf = values[(descending ? sort.slice(1) : sort) as OutboxSortColumn];
  const way = descending ? -1 : 1;
  return (a, b) => {
    const [one, other] = [valueOf(a, meaningOf), valueOf(b, meaningOf)];
    if ((one === null) !== (other === null)) return one === null ? 1 : -1;
    if (one !== null && other !== null && one !== other) return one < other ? -way : way;
    return a.id === b.id ? 0 : a.id < b.id ? -way : way;
  };
}

const instant = (text: string | null): Value => (text === null ? null : Date.parse(text));
const folded = (text: string): Value => foldText(text) || null;
const person = ({ name, address }: { name: string; address: string }): Value => folded(`${name} ${address}`);
const place = <Choice>(order: readonly Choice[], choice: Choice): Value => order.indexOf(choice);

const values: Record<
  OutboxSortColumn,
  (email: OutboxEmail, meaningOf: (cause: DeliveryCause) => string) => Value
> = {
  to: (email) => person(email.to.first),
  subject: (email) => folded(email.subject),
  connector: (email) => foldText(email.connector.name),
  // High is the greatest.
  importance: (email) => -importances.indexOf(email.importance),
  systemGenerated: (email) => Number(email.systemGenerated),
  lastAttemptAt: (email) => instant(email.lastAttemptAt),
  failureMessage: ({ lastFailure }, meaningOf) =>
    lastFailure && `${foldText(meaningOf(lastFailure.cause))}\n${foldReply(lastFailure.reply)}`,
  firstFailedAt: (email) => instant(email.firstFailedAt),
  nextAttemptAt: (email) => instant(email.nextAttemptAt),
  packet: (email) => folded(email.packet?.ref ?? ''),
  packetType: ({ packet }) => packet && place(packetTypes, packet.type),
  sendCount: (email) => email.sendCount,
  status: (email) => place(sendStatuses, email.status),
  attachmentCount: (email) => email.attachmentCount,
  author: (email) => folded(email.author?.name ?? ''),
  from: (email) => person(email.from),
  submittedAt: (email) => instant(email.submittedAt),
};
