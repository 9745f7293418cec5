import { defaultMaxEmailBytes, type EmailSubmission } from '@portal-outbox/contracts';
import { inPortal, type SubmissionFacts } from './submission-facts.ts';
import type { Submission } from './submit-emails.ts';

export interface FieldProblem {
  /** JSON pointer into the request's body. */
  field: string;
  detail: string;
}

/** What is wrong with a submission, by what the database knows; `null` when it may be kept. */
export function findProblems(
  { portalId, emails }: Submission,
  facts: SubmissionFacts,
): { kind: 'invalid' | 'too_large'; problems: FieldProblem[] } | null {
  const problems: FieldProblem[] = [];
  const tooLarge: FieldProblem[] = [];
  const most = facts.settings.get(portalId)?.maxEmailBytes ?? defaultMaxEmailBytes;
  for (const [index, { submission }] of emails.entries()) {
    const field = `/emails/${index}`;
    if (submission.sendAt !== undefined && Date.parse(submission.sendAt) > facts.latestSendAt.getTime())
      problems.push({ field: `${field}/sendAt`, detail: 'Give an instant at most a year ahead.' });
    if (!facts.connectors.has(inPortal(portalId, submission.connectorId)))
      problems.push({ field: `${field}/connectorId`, detail: 'No connector has this id.' });
    let bytes = bodyBytes(submission);
    for (const [position, { id }] of submission.attachments.entries()) {
      const size = facts.sizes.get(inPortal(portalId, id));
      bytes += size ?? 0;
      if (size !== undefined) continue;
      problems.push({
        field: `${field}/attachments/${position}/id`,
        detail: 'No attachment has this id. Upload it first; unused ones are removed after 24 hours.',
      });
    }
    if (bytes > most) {
      const detail = `Body and attachments have ${bytes} bytes, at most ${most} are allowed.`;
      tooLarge.push({ field, detail });
    }
  }
  if (problems.length > 0) return { kind: 'invalid', problems };
  return tooLarge.length > 0 ? { kind: 'too_large', problems: tooLarge } : null;
}

/** Bytes of text and HTML together. */
export function bodyBytes(submission: EmailSubmission): number {
  return Buffer.byteLength(submission.text ?? '') + Buffer.byteLength(submission.html ?? '');
}
