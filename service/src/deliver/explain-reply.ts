import {
  asksToSlowDown,
  deliveryCauses,
  smtpPhases,
  type AttemptResult,
  type DeliveryCause,
  type SmtpPhase,
} from '@portal-outbox/contracts';
import { bareCodeRules } from './bare-code-rules.ts';
import { findFaultRule } from './fault-rules.ts';
import { findRule, isConnectorTrouble, judgeReply, readRefusal } from './judge-reply.ts';
import { cleanReply, parseSmtpReply } from './smtp-reply.ts';
import type { VerdictScope } from './verdict-rule.ts';

/** What the rules make of a mail server's words, for a person. */
export interface Explanation {
  reply: string;
  phase: SmtpPhase;
  /** The phase was not given: it is guessed from the words, else the answer to the final dot. */
  assumed: boolean;
  result: AttemptResult;
  scope: VerdictScope;
  /** What becomes of the email. */
  consequence: string;
  cause: DeliveryCause;
  rule: string;
}

/**
 * Explains a pasted reply, or the code of a connection that broke ("ETIMEDOUT").
 * `accepted`: the reply is positive. `null`: neither a reply nor such a code.
 */
export function explainReply(pasted: string, phase: SmtpPhase | null): Explanation | 'accepted' | null {
  const raw = pasted.trim();
  // Node's own and OpenSSL's codes: one word in capitals.
  if (/^[A-Z][A-Z0-9_]{3,60}$/.test(raw)) return explainFault(raw, phase ?? 'connect', phase === null);
  const found = phase ?? bestPhase(raw);
  const refusal = readRefusal(found, raw);
  const verdict = judgeReply(found, raw);
  if (!refusal || !verdict) return parseSmtpReply(raw) ? 'accepted' : null;
  const rule = findRule(found, refusal);
  const trouble = isConnectorTrouble(found, verdict.cause);
  return {
    reply: verdict.reply,
    phase: found,
    assumed: phase === null,
    result: trouble ? 'connector_trouble' : verdict.result,
    scope: rule?.scope ?? 'message',
    consequence: trouble
      ? troubleConsequence(verdict.cause)
      : verdict.result === 'rejected'
        ? consequences.rejected
        : asksToSlowDown(verdict)
          ? consequences.slowDown
          : verdict.cause === 'too_many_recipients'
            ? consequences.tooMany
            : consequences.deferred,
    cause: verdict.cause,
    rule: rule?.name ?? 'none',
  };
}

function explainFault(code: string, phase: SmtpPhase, assumed: boolean): Explanation {
  const trouble = smtpPhases.indexOf(phase) <= smtpPhases.indexOf('mail');
  const rule = findFaultRule(phase, [code]);
  const result = trouble ? 'connector_trouble' : phase === 'final_dot' ? 'uncertain' : 'deferred';
  const cause = result === 'uncertain' ? 'may_have_been_sent' : (rule?.cause ?? 'connection_lost');
  return {
    ...{ reply: cleanReply(code), phase, assumed, result, cause },
    scope: trouble ? 'connector' : 'message',
    consequence: trouble
      ? troubleConsequence(cause)
      : consequences[result === 'uncertain' ? 'uncertain' : 'deferred'],
    rule: rule?.name ?? 'none',
  };
}

const consequences = {
  rejected: 'permanent: it fails at once for whom this was said of',
  deferred: 'transient: tried again by the retry pattern',
  slowDown:
    'transient: tried again in about a minute without using up the retry pattern; the connector slows down',
  tooMany:
    'transient: goes on at once with these recipients when others were accepted, else by the retry pattern',
  uncertain: 'nobody knows: Failed, may have been sent; resent only where the connector says so',
  paused: 'the connector is paused and probed; its emails wait without using up attempts',
  disabled: 'the connector is switched off: its credentials are refused; its emails wait',
} as const;

const troubleConsequence = (cause: DeliveryCause): string =>
  cause === 'login_refused' ? consequences.disabled : consequences.paused;

/** The reply alone does not tell which command it answered: what it can only mean, else where a rule knows its words. */
function bestPhase(raw: string): SmtpPhase {
  const said = telltales.find(([pattern]) => pattern.test(raw));
  if (said) return said[1];
  const likely: readonly SmtpPhase[] = ['final_dot', 'rcpt', 'mail'];
  const known = likely.find((phase) => {
    const refusal = readRefusal(phase, raw);
    const rule = refusal && findRule(phase, refusal);
    return rule && !bareCodeRules.includes(rule);
  });
  return known ?? 'final_dot';
}

const telltales: readonly (readonly [RegExp, SmtpPhase])[] = [
  // RFC 4954: codes of the login, and words about it.
  [/^(334|53[458])\b/, 'login'],
  [/^4(32|5[14])\b.*\b(auth|login|password)/is, 'login'],
  [/^530\b/, 'mail'],
  [/^\d{3}[ -][45]\.5\.3\b|too many recipients$/im, 'rcpt'],
];

/** The explanation as lines of text. */
export function describeExplanation(it: Explanation): string {
  const { meaning, advice } = deliveryCauses[it.cause];
  const lines: [string, string][] = [
    ['Reply', it.reply],
    ['Phase', it.phase + (it.assumed ? ' (assumed; say which with --phase)' : '')],
    ['Result', `${it.result} (${it.consequence})`],
    ['Scope', it.scope],
    ['Cause', it.cause],
    ['Rule', it.rule],
    ['Meaning', meaning.en],
    ['', meaning.fr],
    ['Advice', advice.en],
    ['', advice.fr],
  ];
  return lines.map(([name, value]) => `${name.padEnd(9)}${value}\n`).join('');
}
