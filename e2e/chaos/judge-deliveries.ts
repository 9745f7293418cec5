import { recipientsOf, isCancelled, type EmailStory } from './email-story.ts';
import { storedOf, violation, type Evidence, type Violation } from './evidence.ts';
import { hashText, type MailTransaction } from './mail-record.ts';

/** lost, doubled, recipientsLost, recipientsDoubled */
export function judgeDeliveries(story: EmailStory, evidence: Evidence): Violation[] {
  const { plan } = story;
  const taken = evidence.record.takenOf(plan.number);
  const recipients = recipientsOf(plan);
  const lost = recipients.filter((address) => isLost(address, taken, story, evidence));
  const doubled = recipients.filter((address) => isDoubled(address, taken, story, evidence));
  const messageIds = new Set(taken.flatMap(({ message }) => message?.messageId ?? []));
  const found: Violation[] = [
    ...lost.map((address) => violation('recipientsLost', story, address)),
    ...doubled.map((address) => violation('recipientsDoubled', story, address)),
  ];
  if (lost.length === recipients.length) found.push(violation('lost', story, 'nobody got it'));
  // The same submission, asked for again after a lost answer, must be the same email.
  const ids = Math.max(story.ids.size, messageIds.size);
  if (doubled.length > 0 || ids > 1) {
    found.push(violation('doubled', story, `${ids} ids, twice to ${doubled.join(' ')}`));
  }
  return found;
}

/** Not received and no longer going to be, though nobody has cancelled it. */
function isLost(
  address: string,
  taken: readonly MailTransaction[],
  story: EmailStory,
  evidence: Evidence,
): boolean {
  if (taken.some(({ recipients }) => recipients.includes(address))) return false;
  const stored = storedOf(story, evidence);
  if (stored === undefined) return true;
  if (stored.state === 'cancelled') return !isCancelled(story) && !story.cancelLingers;
  if (stored.state === 'sent' || !evidence.shown.details.has(stored.id)) return true;
  return stored.recipients.find((it) => it.address === address)?.state === 'delivered';
}

/**
 * Received more often than once and once more for each Retry with "accept a duplicate" (one whose answer was lost counts as
 * asked for). Where the connector resends, only under another Message-ID.
 */
function isDoubled(
  address: string,
  taken: readonly MailTransaction[],
  story: EmailStory,
  { options }: Evidence,
): boolean {
  const receptions = taken.filter(({ recipients }) => recipients.includes(address));
  if (options.onUncertain === 'resend') {
    return new Set(receptions.map(({ message }) => message?.messageId)).size > 1;
  }
  const accepted = story.retries.filter(({ acceptDuplicate }) => acceptDuplicate).length;
  return receptions.length > 1 + accepted;
}

/** altered */
export function judgeContent(story: EmailStory, { record, fileHashes }: Evidence): Violation[] {
  const { plan } = story;
  const wanted = {
    email: plan.number,
    text: hashText(plan.text),
    html: hashText(plan.html ?? ''),
    fileHashes: plan.files.map((file) => fileHashes[file]),
  };
  return record.of(plan.number).flatMap(({ message }) => {
    if (message === null) return [];
    const { messageId: _, ...arrived } = message;
    if (JSON.stringify(arrived) === JSON.stringify({ ...wanted })) return [];
    const parts = (['email', 'text', 'html', 'fileHashes'] as const).filter(
      (part) => JSON.stringify(arrived[part]) !== JSON.stringify(wanted[part]),
    );
    return parts.length === 0 ? [] : [violation('altered', story, parts.join(' '))];
  });
}
