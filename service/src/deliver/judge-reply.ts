import type { DeliveryCause, SmtpPhase } from '@portal-outbox/contracts';
import { parseSmtpReply } from './smtp-reply.ts';
import { verdictRules } from './verdict-rules.ts';

/** What a mail server's refusal means. */
export interface Verdict {
  result: 'deferred' | 'rejected';
  cause: DeliveryCause;
  code: number;
  enhancedCode: string | null;
  reply: string;
}

/**
 * Judges a negative reply by `verdict-rules.ts`. `null` for anything that is not a 4yz or 5yz reply: only a real
 * refusal of the server is one.
 */
export function judgeReply(phase: SmtpPhase, raw: string): Verdict | null {
  const reply = parseSmtpReply(raw);
  if (!reply || reply.code < 400) return null;
  const code = `${reply.code}`;
  const rule = verdictRules.find(
    (it) =>
      (it.phases?.includes(phase) ?? true) &&
      (it.code?.test(code) ?? true) &&
      (it.enhancedCode?.test(reply.enhancedCode ?? '') ?? true) &&
      (it.words?.test(reply.text) ?? true),
  );
  // 421 and 503 speak of the session, not of the message, whatever their words.
  const transient = code[0] === '4' || code === '503';
  return {
    result: rule?.result ?? (transient ? 'deferred' : 'rejected'),
    cause: rule?.cause ?? (transient ? 'try_later' : 'refused'),
    code: reply.code,
    enhancedCode: reply.enhancedCode,
    reply: reply.text,
  };
}
