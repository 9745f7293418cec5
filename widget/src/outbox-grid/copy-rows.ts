import type { OutboxEmail, OutboxSortColumn } from '@portal-outbox/contracts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { signs } from '../theme/status-sign.ts';
import { connectorMessage, importances, packetTypes } from './cells.ts';
import type { Column } from './columns.ts';

/** Emails as a spreadsheet takes them: headers, then a line for each, cells parted by tabs. */
export function copyRows(
  emails: readonly OutboxEmail[],
  shown: readonly Column[],
  locale: Locale,
  now: number,
): string {
  const lines = [
    shown.map(({ label }) => locale.text(label)),
    ...emails.map((email) => shown.map(({ id }) => cellText(id, email, locale, now))),
  ];
  return lines.map((line) => line.map(neutralise).join('\t')).join('\r\n');
}

/** What a spreadsheet would take for a formula, or for the opening of a quotation, gets an apostrophe before it. */
export function neutralise(text: string): string {
  // Whatever separates cells or lines, as any reader of them understands it.
  const line = text.replace(/[\s\u0085\u2028\u2029]+/gu, ' ').trim();
  return /^["=+\-@\uff1d\uff0b\uff0d\uff20]/u.test(line) ? `'${line}` : line;
}

const texts: Record<OutboxSortColumn, (email: OutboxEmail, locale: Locale, now: number) => string> = {
  to: ({ to }) => person(to.first) + (to.count > 1 ? ` +${to.count - 1}` : ''),
  subject: ({ subject }) => subject,
  author: ({ author }) => author?.name ?? '',
  status: ({ status, beingSent, mayHaveBeenSent }, locale) => {
    const notes: MessageKey[] = [signs[status].word];
    if (beingSent) notes.push('beingSent');
    else if (status === 'failed' && mayHaveBeenSent) notes.push('mayHaveBeenSent');
    return notes.map((note) => locale.text(note)).join(', ');
  },
  failureMessage: (email, locale, now) => {
    const { lastFailure } = email;
    const cause = lastFailure ? `${locale.cause(lastFailure.cause)?.meaning ?? ''} ${lastFailure.reply}` : '';
    return connectorMessage(email, locale, now) ?? cause;
  },
  nextAttemptAt: ({ nextAttemptAt, beingSent }, locale) => instant(beingSent ? null : nextAttemptAt, locale),
  packet: ({ packet }) => packet?.ref ?? '',
  sendCount: ({ sendCount }) => String(sendCount),
  connector: ({ connector }) => connector.name,
  importance: ({ importance }, locale) => locale.text(importances[importance]),
  systemGenerated: ({ systemGenerated }, locale) => locale.text(systemGenerated ? 'yes' : 'no'),
  lastAttemptAt: ({ lastAttemptAt }, locale) => instant(lastAttemptAt, locale),
  firstFailedAt: ({ firstFailedAt }, locale) => instant(firstFailedAt, locale),
  packetType: ({ packet }, locale) => (packet ? locale.text(packetTypes[packet.type]) : ''),
  attachmentCount: ({ attachmentCount }) => String(attachmentCount),
  from: ({ from }) => person(from),
  submittedAt: ({ submittedAt }, locale) => instant(submittedAt, locale),
};

function cellText(id: OutboxSortColumn, email: OutboxEmail, locale: Locale, now: number): string {
  return texts[id](email, locale, now);
}

function person({ name, address }: { name: string; address: string }): string {
  return name ? `${name} <${address}>` : address;
}

/** With its year and in one form, so that a spreadsheet can sort it. */
function instant(value: string | null, locale: Locale): string {
  return value === null ? '' : locale.sortableDateTime(value);
}
