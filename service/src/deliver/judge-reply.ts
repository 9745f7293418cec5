import type { DeliveryCause, SmtpPhase } from '@portal-outbox/contracts';
import { parseSmtpReply, type SmtpReply } from './smtp-reply.ts';
import type { VerdictRule } from './verdict-rule.ts';
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
  const reply = readRefusal(phase, raw);
  if (!reply) return null;
  const rule = findRule(phase, reply);
  // 503 speaks of the session, not of the message, whatever its words.
  const transient = rule?.permanence === 'transient' || reply.code < 500 || reply.code === 503;
  return {
    result: transient ? 'deferred' : 'rejected',
    cause: rule?.cause ?? (transient ? 'try_later' : 'refused'),
    code: reply.code,
    enhancedCode: reply.enhancedCode,
    reply: reply.text,
  };
}

/** A refusal, taken apart; `null` when the words are none. */
export function readRefusal(phase: SmtpPhase, raw: string): SmtpReply | null {
  const reply = parseSmtpReply(raw);
  if (!reply || reply.code >= 400) return reply;
  return phase === 'login' ? readChallenge(reply) : null;
}

/** The rule that decides on a refusal. */
export function findRule(phase: SmtpPhase, { code, enhancedCode, text }: SmtpReply): VerdictRule | undefined {
  return verdictRules.find(
    (rule) =>
      rule.phases.includes(phase) &&
      (rule.code?.test(`${code}`) ?? true) &&
      (rule.enhancedCode?.test(enhancedCode ?? '') ?? true) &&
      (rule.words?.test(text) ?? true) &&
      !(rule.unless?.test(text) ?? false),
  );
}

/** Whether it is the trouble of the connector, not of the email: before MAIL FROM everything is. */
export function isConnectorTrouble(phase: SmtpPhase, cause: DeliveryCause | null): boolean {
  return beforeMail.has(phase) || (demandOfSession.has(cause) && phase !== 'body' && phase !== 'final_dot');
}

const beforeMail: ReadonlySet<SmtpPhase> = new Set(['connect', 'greeting', 'tls', 'login']);
/** The server wants a login or encryption first: true of every message. */
const demandOfSession: ReadonlySet<DeliveryCause | null> = new Set(['login_required', 'tls_failed']);

/** With XOAUTH2 a server explains a refused token in the challenge: base64 of JSON with an HTTP status. */
function readChallenge(reply: SmtpReply): SmtpReply | null {
  const said = Buffer.from(reply.text.slice(4), 'base64').toString();
  return reply.code === 334 && /^\{.*"status":\s*"?[45]\d\d\b/.test(said)
    ? { ...reply, text: `334 ${said.replace(/\p{Cc}/gu, ' ')}` }
    : null;
}
