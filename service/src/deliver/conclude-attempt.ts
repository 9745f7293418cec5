import type { AttemptOutcome, RecipientOutcome, SmtpPhase } from '@portal-outbox/contracts';
import type { ClaimState } from './claimed-body.ts';
import { judgeFault } from './fault-rules.ts';
import { isConnectorTrouble, judgeReply, type Verdict } from './judge-reply.ts';
import { cleanReply, parseSmtpReply } from './smtp-reply.ts';
import type { SmtpFault } from './smtp-session.ts';

/** Everything that is known when an attempt is over. */
export interface AttemptEnd {
  /** Envelope recipients in the order of their RCPT. */
  recipients: readonly string[];
  /** The server's final reply, or how it broke off. */
  ended: string | SmtpFault;
  /** Raw replies; see `smtp-transcript.ts`. */
  mailReply: string | null;
  recipientReplies: readonly string[];
  claim: ClaimState;
  bodyStarted: boolean;
  bodyEnded: boolean;
  contentFailed: boolean;
}

export type Conclusion = Pick<
  AttemptOutcome,
  'result' | 'phase' | 'code' | 'enhancedCode' | 'reply' | 'cause' | 'recipients'
>;

/** What an attempt came to. Pure, and the only place where it is decided. */
export function concludeAttempt(end: AttemptEnd): Conclusion {
  const { ended } = end;
  if (end.claim === 'refused' || end.claim === 'silent' || end.claim === 'stale') return notSent('data');
  if (end.contentFailed) {
    return silence('deferred', end.bodyStarted ? 'body' : 'data', 'content_unavailable', answered(end));
  }
  if (typeof ended !== 'string') return concludeFault(end, ended);
  if (end.bodyEnded) return concludeFinalReply(end, ended);
  // A positive answer to a message that was not finished: a server that breaks the protocol.
  return end.bodyStarted
    ? silence('uncertain', 'body', 'may_have_been_sent', answered(end))
    : silence('deferred', 'data', 'try_later', answered(end));
}

function concludeFault(end: AttemptEnd, fault: SmtpFault): Conclusion {
  if (fault.codes.includes('too_large')) {
    return { ...silence('rejected', 'mail', 'too_large'), reply: cleanReply(fault.message) };
  }
  // Not even asked: nodemailer will not put such an address into a command.
  if (fault.codes.includes('bad_envelope')) return silence('rejected', 'mail', 'refused');
  const mail = end.mailReply === null ? null : judgeReply('mail', end.mailReply);
  if (mail) return fromVerdict('mail', mail);
  if (end.mailReply === null) return concludeTrouble(fault);

  const refused = answered(end);
  if (refused.length === end.recipients.length) {
    // A login or encryption demanded of everybody is demanded of the connector.
    if (refused.every(({ cause }) => isConnectorTrouble('rcpt', cause))) return troubleOf(refused);
    return fromRecipients('rcpt', refused);
  }

  const verdict = fault.reply === null ? null : judgeReply(fault.phase, fault.reply);
  if (verdict) {
    const phase = end.bodyEnded ? 'final_dot' : fault.phase;
    if (isConnectorTrouble(phase, verdict.cause)) return fromVerdict(phase, verdict);
    return fromRecipients(phase, recipientOutcomes(end, { ...verdict }), verdict);
  }
  if (end.bodyEnded) {
    return {
      ...silence('uncertain', 'final_dot', 'may_have_been_sent', refused),
      reply: cleanReply(fault.reply ?? ''),
    };
  }
  // Closed by this side in the middle of the data, which it only does when it stops: nothing failed.
  if (fault.codes.includes('closed')) return notSent(fault.phase);
  return silence('deferred', fault.phase, judgeFault(fault.phase, fault.codes), refused);
}

/** Before MAIL FROM was answered: DNS, connecting, TLS, greeting, login. */
function concludeTrouble(fault: SmtpFault): Conclusion {
  const verdict = fault.reply === null ? null : judgeReply(fault.phase, fault.reply);
  if (verdict) return { ...fromVerdict(fault.phase, verdict), result: 'connector_trouble' };
  const cause = judgeFault(fault.phase, fault.codes);
  // With TLS from the first byte, connecting and the handshake are one step.
  const phase = cause === 'tls_failed' && fault.phase === 'connect' ? 'tls' : fault.phase;
  return { ...silence('connector_trouble', phase, cause), reply: cleanReply(fault.reply ?? '') };
}

function concludeFinalReply(end: AttemptEnd, final: string): Conclusion {
  const reply = parseSmtpReply(final);
  const said = {
    code: reply?.code ?? null,
    enhancedCode: reply?.enhancedCode ?? null,
    reply: cleanReply(final),
  };
  const recipients = recipientOutcomes(end, { result: 'accepted', cause: null, ...said });
  if (recipients.some((it) => it.result !== 'accepted')) return fromRecipients('final_dot', recipients);
  return { result: 'accepted', phase: 'final_dot', cause: null, ...said, recipients };
}

/** Recipients that were refused at RCPT, with the server's words. */
function answered(end: AttemptEnd): RecipientOutcome[] {
  return end.recipients.flatMap((address, position) => {
    const verdict = judgeReply('rcpt', end.recipientReplies[position] ?? '');
    return verdict ? [{ address, ...verdict }] : [];
  });
}

/** Every recipient: refused at RCPT, or else with what was said about the whole message. */
function recipientOutcomes(end: AttemptEnd, rest: Omit<RecipientOutcome, 'address'>): RecipientOutcome[] {
  return end.recipients.map((address, position) => ({
    address,
    ...(judgeReply('rcpt', end.recipientReplies[position] ?? '') ?? rest),
  }));
}

/** Deferred while any recipient may still get it; the words are those that tell why. */
function fromRecipients(phase: SmtpPhase, recipients: RecipientOutcome[], preferred?: Verdict): Conclusion {
  const result = recipients.some((it) => it.result === 'deferred') ? 'deferred' : 'rejected';
  const telling = preferred?.result === result ? preferred : recipients.find((it) => it.result === result);
  const { code = null, enhancedCode = null, reply = '', cause = null } = telling ?? {};
  return { result, phase, code, enhancedCode, reply, cause, recipients };
}

function fromVerdict(phase: SmtpPhase, verdict: Verdict): Conclusion {
  const { code, enhancedCode, reply, cause } = verdict;
  const result = isConnectorTrouble(phase, cause) ? 'connector_trouble' : verdict.result;
  return { result, phase, code, enhancedCode, reply, cause, recipients: [] };
}

function troubleOf(refused: readonly RecipientOutcome[]): Conclusion {
  const { code = null, enhancedCode = null, reply = '', cause = null } = refused[0] ?? {};
  return { result: 'connector_trouble', phase: 'rcpt', code, enhancedCode, reply, cause, recipients: [] };
}

/** An end without a reply. */
function silence(
  result: Conclusion['result'],
  phase: SmtpPhase,
  cause: Conclusion['cause'],
  recipients: RecipientOutcome[] = [],
): Conclusion {
  return { result, phase, code: null, enhancedCode: null, reply: '', cause, recipients };
}

/** Nothing was handed over and nothing failed. */
function notSent(phase: SmtpPhase): Conclusion {
  return silence('not_sent', phase, null);
}
