import { isDeepStrictEqual } from 'node:util';
import type { OutboxEmail } from '@portal-outbox/contracts';
import { idOf, type EmailStory } from './email-story.ts';
import { storedOf, violation, type Evidence, type Violation } from './evidence.ts';
import type { StoredEmail } from './stored-emails.ts';

/** stuck, and whatever differs between list, detail, attempts, database and the mail server's record for one email. */
export function judgeAgreement(story: EmailStory, evidence: Evidence): Violation[] {
  const { shown, stuck } = evidence;
  const id = idOf(story) ?? '';
  const stored = storedOf(story, evidence);
  if (stuck.includes(id)) return [violation('stuck', story, stored?.state ?? 'gone')];
  if (stored === undefined) return [];
  const row = shown.rows.get(id);
  const detail = shown.details.get(id);
  const inOutbox = stored.state !== 'sent' && stored.state !== 'cancelled';
  const found = differencesWithRecord(story, stored, evidence);
  if (inOutbox !== (row !== undefined)) found.push(`${stored.state}, in the list: ${row !== undefined}`);
  if (inOutbox !== (detail !== undefined)) found.push(`${stored.state}, detail: ${detail !== undefined}`);
  if (story.cancels.some(({ refused }) => refused) && stored.state !== 'sent') {
    found.push(`a restore was refused, and it is ${stored.state}`);
  }
  if (row && detail && !isDeepStrictEqual(row, detail.email)) found.push('row and detail differ');
  if (row) found.push(...differencesOfRow(row, story, stored, evidence));
  return found.map((what) => violation('disagreements', story, what));
}

/** The count and the list as a whole. */
export function judgeCounts({ shown }: Evidence): Violation[] {
  const rows = [...shown.rows.values()];
  const failed = rows.filter(({ status }) => status === 'failed').length;
  const wrong = [
    shown.listTotal === rows.length ? null : `the list says ${shown.listTotal} and has ${rows.length}`,
    shown.count.total === rows.length
      ? null
      : `the count says ${shown.count.total}, the list has ${rows.length}`,
    shown.count.failed === failed
      ? null
      : `the count says ${shown.count.failed} failed, the list has ${failed}`,
  ];
  return wrong.flatMap((what) => (what === null ? [] : [{ measure: 'disagreements', email: null, what }]));
}

/** Recipients: "delivered" is what the server took, and what it took is "delivered" or in doubt. */
function differencesWithRecord(story: EmailStory, stored: StoredEmail, { record }: Evidence): string[] {
  const taken = record.takenOf(story.plan.number);
  const inDoubt = stored.attempts.some(({ result }) => result === 'uncertain');
  return stored.recipients.flatMap(({ address, state }) => {
    const has = taken.some(({ recipients }) => recipients.includes(address));
    const said = state === 'delivered' || stored.state === 'sent';
    if (said === has || (has && inDoubt)) return [];
    return [`${address} is ${state}, the mail server ${has ? 'took it' : 'never took it'}`];
  });
}

const countedResults = new Set(['accepted', 'deferred', 'rejected', 'uncertain']);

function differencesOfRow(
  row: OutboxEmail,
  story: EmailStory,
  stored: StoredEmail,
  { shown }: Evidence,
): string[] {
  const found: string[] = [];
  const attempts = (shown.attempts.get(row.id) ?? []).filter(({ endedAt }) => endedAt !== null);
  const ended = stored.attempts.filter(({ endedAt }) => endedAt !== null);
  if (attempts.length !== ended.length) {
    found.push(`${attempts.length} attempts are shown, ${ended.length} are stored`);
  }
  const counted = ended.filter(({ result }) => countedResults.has(result ?? '')).length;
  const before = story.plan.imported ? attemptsBeforeImport : 0;
  if (row.sendCount !== counted + before) {
    found.push(`Send Retry Count is ${row.sendCount}, ${counted + before} attempts named the sender`);
  }
  if (row.mayHaveBeenSent !== stored.mayHaveBeenSent)
    found.push('may have been sent: row and database differ');
  return found;
}

/** As `importEmails` says. */
export const attemptsBeforeImport = 3;
