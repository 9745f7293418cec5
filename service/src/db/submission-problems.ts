import { defaultMaxEmailBytes, type EmailSubmission } from '@portal-outbox/contracts';
import { inPortal, type SubmissionFacts } from './submission-facts.ts';
import type { Submission } from './submit-emails.ts';

export interface FieldProblem {
  /** JSON pointer into the request's body. */
  field: string;
  detail: string;
}

/** What is wrong with one email; fields are JSON pointers into it. */
export interface EmailProblems {
  code: 'invalid' | 'too_large';
  problems: FieldProblem[];
}

/** What is wrong with a submission, by what the database knows; `null` when it may be kept. */
export function findProblems(
  { portalId, emails }: Submission,
  facts: SubmissionFacts,
): { kind: 'invalid' | 'too_large'; problems: FieldProblem[] } | null {
  const problems = { invalid: [] as FieldProblem[], too_large: [] as FieldProblem[] };
  for (const [index, { submission }] of emails.entries()) {
    const field = `/emails/${index}`;
    if (submission.sendAt !== undefined && Date.parse(submission.sendAt) > facts.latestSendAt.getTime())
      problems.invalid.push({ field: `${field}/sendAt`, detail: 'Give an instant at most a year ahead.' });
    const found = findEmailProblems(submission, portalId, facts);
    for (const it of found?.problems ?? [])
      problems[found?.code ?? 'invalid'].push({ ...it, field: field + it.field });
  }
  if (problems.invalid.length > 0) return { kind: 'invalid', problems: problems.invalid };
  return problems.too_large.length > 0 ? { kind: 'too_large', problems: problems.too_large } : null;
}

type EmailParts = Pick<EmailSubmission, 'connectorId' | 'attachments' | 'text' | 'html'>;

/** What is wrong with one email, by what the database knows; `null` when it may be kept. */
export function findEmailProblems(
  email: EmailParts,
  portalId: string,
  facts: Pick<SubmissionFacts, 'connectors' | 'sizes' | 'settings'>,
): EmailProblems | null {
  const problems: FieldProblem[] = [];
  const most = facts.settings.get(portalId)?.maxEmailBytes ?? defaultMaxEmailBytes;
  if (!facts.connectors.has(inPortal(portalId, email.connectorId)))
    problems.push({ field: '/connectorId', detail: 'No connector has this id.' });
  let bytes = bodyBytes(email);
  for (const [position, { id }] of email.attachments.entries()) {
    const size = facts.sizes.get(inPortal(portalId, id));
    bytes += size ?? 0;
    if (size !== undefined) continue;
    problems.push({
      field: `/attachments/${position}/id`,
      detail: 'No attachment has this id. Upload it first; unused ones are removed after 24 hours.',
    });
  }
  if (problems.length > 0) return { code: 'invalid', problems };
  if (bytes <= most) return null;
  const detail = `Body and attachments have ${bytes} bytes, at most ${most} are allowed.`;
  return { code: 'too_large', problems: [{ field: '', detail }] };
}

/** Bytes of text and HTML together. */
export function bodyBytes(email: Pick<EmailSubmission, 'text' | 'html'>): number {
  return Buffer.byteLength(email.text ?? '') + Buffer.byteLength(email.html ?? '');
}
