import { randomUUID } from 'node:crypto';
import type { EmailDraft } from '../stack/portal-client.ts';
import type { PlannedEmail } from './email-plan.ts';
import type { EmailStory } from './email-story.ts';
import type { ServiceCaller } from './service-caller.ts';

/** What the plan's places stand for in this run. */
export interface Places {
  connectorIds: readonly string[];
  fileIds: readonly string[];
}

export const authorId = 'ada';

/** Submits emails in one request, as often as it takes to be answered, with the same key and the same body. */
export async function submitEmails(
  service: ServiceCaller,
  places: Places,
  stories: readonly EmailStory[],
): Promise<void> {
  const now = Date.now();
  for (const { plan, notBefore } of stories) {
    if (plan.delayMs !== null) notBefore.push({ since: 0, until: now + plan.delayMs, liftedAt: null });
  }
  const emails = stories.map((story) => ({
    ...draftOf(story.plan, places),
    ...(story.notBefore[0] !== undefined && { sendAt: new Date(story.notBefore[0].until).toISOString() }),
  }));
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await service.insist('POST', '/v1/emails', { emails }, headers);
  const { ids } = answer.body as { ids?: string[] };
  if (ids?.length !== stories.length) {
    throw new Error(`A submission was refused: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
  const acceptedAt = Date.now();
  for (const [index, story] of stories.entries()) {
    story.ids.add(ids[index]!);
    story.acceptedAt = acceptedAt;
  }
}

export function draftOf(plan: PlannedEmail, { connectorIds, fileIds }: Places): EmailDraft {
  const people = (addresses: readonly string[]) => addresses.map((address) => ({ address }));
  return {
    connectorId: connectorIds[plan.connector]!,
    authorId: plan.system ? null : authorId,
    from: { name: 'Ada', address: 'ada@portal.test' },
    to: people(plan.to),
    cc: people(plan.cc),
    bcc: people(plan.bcc),
    subject: `Message ${plan.number}`,
    text: plan.text,
    ...(plan.html !== null && { html: plan.html }),
    attachments: plan.files.map((file, index) => ({ id: fileIds[file]!, fileName: `file ${index}.bin` })),
    importance: plan.importance,
  };
}
