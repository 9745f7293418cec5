/** Where in the conversation a rule speaks; `data` is the answer after the final dot. */
export type SmtpRulePhase = 'connect' | 'login' | 'mail' | 'rcpt' | 'data';

/** What the mail server does instead of accepting. The first rule that matches decides. */
export interface SmtpRule {
  phase: SmtpRulePhase;
  /** Matches the part before the @, or decides on the whole address. At `data` one recipient that matches is enough. */
  recipient?: RegExp | ((address: string) => boolean);
  /** Code, enhanced code and text, such as "451 4.7.1 Greylisted". Without it the answer is a yes. */
  reply?: string;
  /** `hold`: answer only after `release()`. `drop`: cut the connection without an answer. */
  action?: 'hold' | 'drop';
  /** How often it speaks for one pair of sender and recipient; always when not given. */
  times?: number;
}

export interface SmtpRuleAnswer {
  reply: string | null;
  action: 'hold' | 'drop' | null;
}

/** Local parts that every sink knows, for the demo and for tests that need nothing special. */
export const builtInRules: readonly SmtpRule[] = [
  { phase: 'rcpt', recipient: /^greylist/i, reply: '451 4.7.1 Greylisted, please try again', times: 1 },
  { phase: 'rcpt', recipient: /^full/i, reply: '452 4.2.2 Mailbox full' },
  { phase: 'rcpt', recipient: /^busy/i, reply: '451 4.3.2 System busy, try again later' },
  { phase: 'rcpt', recipient: /^unknown/i, reply: '550 5.1.1 No such user here' },
  { phase: 'rcpt', recipient: /^blocked/i, reply: '554 5.7.1 Message blocked by policy' },
  { phase: 'data', recipient: /^content/i, reply: '554 5.6.0 Message content refused' },
  { phase: 'data', recipient: /^slow/i, action: 'hold' },
];

/** Rules in order, newest first, and how often each has spoken. */
export class SmtpRuleBook {
  private rules: readonly SmtpRule[] = builtInRules;
  private readonly spoken = new Map<SmtpRule, Map<string, number>>();

  /** Puts a rule before all others; the returned function takes it away again. */
  add(rule: SmtpRule): () => void {
    this.rules = [rule, ...this.rules];
    return () => {
      this.rules = this.rules.filter((it) => it !== rule);
      this.spoken.delete(rule);
    };
  }

  /** What to do at this point of a conversation; `null` means yes. */
  answer(phase: SmtpRulePhase, sender: string, recipients: readonly string[]): SmtpRuleAnswer | null {
    for (const rule of this.rules) {
      if (rule.phase !== phase) continue;
      const recipient = rule.recipient === undefined ? '' : recipients.find((it) => matches(rule, it));
      if (recipient === undefined || !this.speak(rule, `${sender} ${recipient}`)) continue;
      return { reply: rule.reply ?? null, action: rule.action ?? null };
    }
    return null;
  }

  private speak(rule: SmtpRule, pair: string): boolean {
    if (rule.times === undefined) return true;
    const counts = this.spoken.get(rule) ?? new Map<string, number>();
    this.spoken.set(rule, counts);
    const count = counts.get(pair) ?? 0;
    counts.set(pair, count + 1);
    return count < rule.times;
  }
}

function matches(rule: SmtpRule, address: string): boolean {
  if (typeof rule.recipient === 'function') return rule.recipient(address);
  return rule.recipient?.test(address.slice(0, address.lastIndexOf('@'))) ?? true;
}
