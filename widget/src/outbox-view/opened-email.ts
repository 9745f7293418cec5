import type { OutboxChange, OutboxEmail } from '@portal-outbox/contracts';
import type { EmailAction } from '../data/outbox-requests.ts';
import type { LeftReason, PageRows } from '../data/page-rows.ts';

/** The email in the popup, followed while it is open, on this page or not. Every change is a new object. */
export interface OpenedEmail {
  readonly email: OutboxEmail;
  readonly left: LeftReason | null;
  /** Somebody or something else changed it since it was opened. */
  readonly hasChanged: boolean;
  /** Its place on the page when it was opened, for the focus to return to. */
  readonly place: number;
}

export function openedFrom({ rows }: PageRows, email: OutboxEmail): OpenedEmail {
  const place = rows.findIndex((row) => row.email.id === email.id);
  return { email, left: rows[place]?.left ?? null, hasChanged: false, place: Math.max(0, place) };
}

export function followChange(opened: OpenedEmail, change: OutboxChange): OpenedEmail {
  if (change.type === 'row' && change.email.id === opened.email.id) {
    const isNewer = change.email.version > opened.email.version;
    return isNewer || opened.left ? { ...opened, email: change.email, left: null, hasChanged: true } : opened;
  }
  if (change.type === 'gone' && change.id === opened.email.id) return { ...opened, left: change.why };
  return opened;
}

/** The service's answer to this user's own action; `null`: it has left. */
export function followAnswer(
  opened: OpenedEmail,
  action: EmailAction,
  id: string,
  email: OutboxEmail | null,
): OpenedEmail {
  if (opened.email.id !== id) return opened;
  const left = email ? null : action === 'cancel' ? 'cancelled' : 'sent';
  return { ...opened, email: email ?? opened.email, left, hasChanged: false };
}
