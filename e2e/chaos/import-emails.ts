import type { EmailStory } from './email-story.ts';
import type { ServiceCaller } from './service-caller.ts';
import { draftOf, type Places } from './submit-emails.ts';

interface ImportLine {
  status: 'created' | 'exists' | 'invalid';
  id?: string;
}

/** Imports emails that an older system could not send: one JSON line each, as often as it takes to be answered. */
export async function importEmails(
  service: ServiceCaller,
  places: Places,
  stories: readonly EmailStory[],
): Promise<void> {
  const submittedAt = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const lines = stories.map(({ plan }) =>
    JSON.stringify({
      ...draftOf(plan, places),
      externalId: `old ${plan.number}`,
      submittedAt,
      failure: { message: '550 5.1.1 said the older system' },
      attempts: 3,
    }),
  );
  const body = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  for (;;) {
    const headers = { 'content-type': 'application/x-ndjson' };
    const answer = await service.insist('POST', '/v1/import', body, headers);
    if (answer.status >= 300) throw new Error(`The import was refused: ${JSON.stringify(answer.body)}`);
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    const rows = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ImportLine);
    const acceptedAt = Date.now();
    for (const [index, story] of stories.entries()) {
      const row = rows[index];
      if (row?.status === 'invalid') throw new Error(`Not importable: ${JSON.stringify(row)}`);
      if (row?.id === undefined) continue;
      story.ids.add(row.id);
      story.acceptedAt ??= acceptedAt;
    }
    // An answer that broke off in the middle is asked for again: what exists is said so.
    if (stories.every((story) => story.acceptedAt !== null)) return;
  }
}
