import {
  deliveryCauses,
  foldReply,
  foldText,
  importances,
  packetTypes,
  sendStatuses,
  type DeliveryCause,
  type Mailbox,
  type OutboxEmail,
  type OutboxSort,
} from '@portal-outbox/contracts';
import { readSort } from '../src/db/list-orders.ts';
import type { EmailChanges, EmailRow, GivenOutbox } from './outbox-fixture.ts';
import type { SeededRandom } from './seeded-random.ts';

const people: Mailbox[] = [
  { name: 'Élodie Durand', address: 'elodie@nord.example' },
  { name: 'elodie durand', address: 'e.durand@sud.example' },
  { name: '', address: 'zoe@nord.example' },
  { name: 'Œuvre 50%_\\', address: 'art@musee.example' },
  { name: '山田太郎', address: 'taro@jp.example' },
  { name: 'ÅSE', address: 'ase@no.example' },
];
const subjects = [
  '',
  'Réponse',
  'reponse',
  'REPONSE 2',
  'Ça va ?',
  '\u{1f600} offer',
  '\uff5e wide',
  'a_b',
  'a%b',
  'Zebra',
];
const replies: [DeliveryCause, string][] = [
  ['unknown_user', '550 5.1.1 <zoe@nord.example>: user unknown, id 4FzQ9x12'],
  ['unknown_user', '550 5.1.1 <art@musee.example>: user unknown, id 77Ab3'],
  ['greylisted', '451 4.7.1 Greylisted, come back in 5 minutes'],
  ['mailbox_full', '452 4.2.2 Boîte pleine'],
  ['never_claimed', ''],
];

/** Emails of every kind, many of them alike, so that orders have ties and values are missing. Their ids. */
export async function putListedEmails(
  given: GivenOutbox,
  random: SeededRandom,
  connectors: readonly string[],
  count: number,
  people: { authors: readonly (string | null)[]; packets: readonly string[] },
): Promise<string[]> {
  const ids: string[] = [];
  const now = Date.now();
  const around = (): Date => new Date(now + (random.below(12) - 6) * 600_000);
  for (let i = 0; i < count; i += 1) {
    const id = await given.submit(random.pick(connectors), anEmail(random, people));
    const [cause, reply] = random.pick(replies);
    const failed: Partial<EmailRow> = {
      ...{ last_cause: cause, last_reply: reply, last_attempt_at: around() },
      ...{ first_failed_at: around(), send_count: random.below(4) },
    };
    await given.put(id, {
      ...(random.next() < 0.6 && failed),
      state: random.pick(['waiting', 'waiting', 'failed', 'cancelled', 'claimed'] as const),
      due_at: around(),
      submitted_at: around(),
      retry_asked: random.next() < 0.2,
      listed: random.next() < 0.9,
    });
    ids.push(id);
  }
  return ids;
}

function anEmail(
  random: SeededRandom,
  { authors, packets }: { authors: readonly (string | null)[]; packets: readonly string[] },
): EmailChanges {
  const type = random.pick(packetTypes);
  return {
    authorId: random.pick(authors),
    from: random.pick(people),
    to: [random.pick(people), ...random.some(people)],
    subject: random.pick(subjects),
    importance: random.pick(importances),
    ...(random.next() < 0.6 && { packet: { ref: random.pick(packets), type } }),
  };
}

/** What a row shows in a column, as something to compare; `null`: nothing. */
function shownIn(sort: OutboxSort, email: OutboxEmail, due: Date): (string | number)[] | null {
  const time = (instant: string | null) => (instant === null ? null : [Date.parse(instant)]);
  const text = (shown: string | undefined) =>
    shown === undefined || shown === '' ? null : [foldText(shown)];
  const box = ({ name, address }: Mailbox) => text(`${name} ${address}`);
  const { lastFailure: failure, packet } = email;
  const columns = {
    to: () => box(email.to.first),
    subject: () => text(email.subject),
    connector: () => text(email.connector.name),
    importance: () => [-importances.indexOf(email.importance)],
    systemGenerated: () => [email.systemGenerated ? 1 : 0],
    lastAttemptAt: () => time(email.lastAttemptAt),
    failureMessage: () =>
      failure && [foldText(deliveryCauses[failure.cause].meaning.en), foldReply(failure.reply)],
    firstFailedAt: () => time(email.firstFailedAt),
    nextAttemptAt: () =>
      email.nextAttemptAt === null ? null : [Date.parse(email.nextAttemptAt), due.getTime()],
    packet: () => text(packet?.ref),
    packetType: () => packet && [packetTypes.indexOf(packet.type)],
    sendCount: () => [email.sendCount],
    status: () => [sendStatuses.indexOf(email.status)],
    attachmentCount: () => [email.attachmentCount],
    author: () => text(email.author?.name),
    from: () => box(email.from),
    submittedAt: () => time(email.submittedAt),
  };
  return columns[readSort(sort).column]();
}

/** The order that the product promises, from what the rows show: empty values last both ways, ties by id. */
export function inPromisedOrder(
  emails: readonly OutboxEmail[],
  sort: OutboxSort,
  dueAt: (id: string) => Date,
): OutboxEmail[] {
  const sign = readSort(sort).descending ? -1 : 1;
  const shown = new Map(emails.map((email) => [email.id, shownIn(sort, email, dueAt(email.id))]));
  return emails.toSorted((a, b) => {
    const [mine, other] = [shown.get(a.id) ?? null, shown.get(b.id) ?? null];
    if ((mine === null) !== (other === null)) return mine === null ? 1 : -1;
    return sign * (compare(mine ?? [], other ?? []) || compare([a.id], [b.id]));
  });
}

function compare(some: (string | number)[], others: (string | number)[]): number {
  for (const [index, one] of some.entries()) {
    const other = others[index];
    if (other === undefined || one === other) continue;
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
  }
  return 0;
}
