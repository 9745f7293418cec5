import { smtpPhases } from '@portal-outbox/contracts';
import { describe, expect, it } from 'vitest';
import { faultRules, findFaultRule, judgeFault } from './fault-rules.ts';
import { findRule, isConnectorTrouble, judgeReply, readRefusal } from './judge-reply.ts';
import { verdictRules } from './verdict-rules.ts';

const ruleOf = (phase: (typeof smtpPhases)[number], reply: string) =>
  findRule(phase, readRefusal(phase, reply)!);

describe('verdict rules', () => {
  const examples = verdictRules.flatMap((rule) =>
    rule.examples.map(([phase, reply]) => ({ rule, phase, reply })),
  );

  it.each(examples)('$rule.name: reads "$reply" at $phase as $rule.cause', ({ rule, phase, reply }) => {
    expect(ruleOf(phase, reply)?.name).toBe(rule.name);
    const byClass = reply.startsWith('5') && !reply.startsWith('503') ? 'rejected' : 'deferred';
    expect(judgeReply(phase, reply)).toMatchObject({
      cause: rule.cause,
      result: rule.permanence === 'transient' ? 'deferred' : byClass,
      code: Number(reply.slice(0, 3)),
    });
  });

  it('each have a name of their own and an example in a phase of theirs', () => {
    expect(new Set(verdictRules.map(({ name }) => name)).size).toBe(verdictRules.length);
    for (const rule of verdictRules) {
      expect(rule.examples.length, rule.name).toBeGreaterThan(0);
      for (const [phase] of rule.examples) expect(rule.phases, rule.name).toContain(phase);
    }
  });

  it('leave no refusal without a rule, in any phase', () => {
    for (const phase of smtpPhases) {
      for (let code = 400; code < 600; code += 1) {
        expect(ruleOf(phase, `${code} Nobody has ever said this`), `${phase} ${code}`).toBeDefined();
      }
    }
  });

  it('take every unknown 4yz as transient and every unknown 5yz as permanent, but for 503 and demands of the session', () => {
    for (const phase of ['mail', 'rcpt', 'data', 'final_dot'] as const) {
      for (let code = 400; code < 600; code += 1) {
        const verdict = judgeReply(phase, `${code} Nobody has ever said this`);
        const transient = code < 500 || [503, 530, 535].includes(code);
        expect(verdict?.result, `${phase} ${code}`).toBe(transient ? 'deferred' : 'rejected');
      }
    }
  });

  it('never take a 4yz as permanent, whatever its words', () => {
    for (const { phase, reply } of examples) {
      expect(judgeReply(phase, reply.replaceAll(/^5\d\d/gm, '450').replace(/ 5\./, ' 4.'))?.result).toBe(
        'deferred',
      );
    }
  });

  it('blame the connector, not the email, for all that comes before MAIL FROM', () => {
    for (const phase of ['connect', 'greeting', 'tls', 'login'] as const)
      expect(isConnectorTrouble(phase, 'refused')).toBe(true);
    for (const phase of ['mail', 'rcpt', 'data', 'final_dot'] as const)
      expect(isConnectorTrouble(phase, 'unknown_user')).toBe(false);
    expect(isConnectorTrouble('rcpt', 'login_required')).toBe(true);
  });

  it('take credentials as refused only where the server speaks of credentials', () => {
    const causes = (phase: 'login' | 'mail') =>
      examples.filter((it) => it.phase === phase).map((it) => judgeReply(it.phase, it.reply)?.cause);
    expect(causes('login')).toContain('login_refused');
    expect(causes('mail')).not.toContain('login_refused');
    expect(judgeReply('login', '454 4.7.8 wrong')?.cause).toBe('login_unavailable');
  });
});

describe('a reply', () => {
  it.each([
    '',
    'garbage',
    '250 OK',
    '354 go ahead',
    '99 no',
    '999 no',
    '5',
    '55',
    '5500 no',
    'HTTP/1.1 400 Bad',
    '334 UGFzc3dvcmQ6',
  ])('that is no refusal is none: "%s"', (reply) => {
    for (const phase of smtpPhases) expect(judgeReply(phase, reply)).toBeNull();
  });

  it('whose token was refused says why in words', () => {
    const challenge = Buffer.from('{"status":"401","schemes":"Bearer"}').toString('base64');
    expect(judgeReply('login', `334 ${challenge}`)).toMatchObject({
      cause: 'token_expired',
      reply: '334 {"status":"401","schemes":"Bearer"}',
    });
    expect(judgeReply('mail', `334 ${challenge}`)).toBeNull();
  });

  it('loses an enhanced code of another class than the code', () => {
    expect(judgeReply('rcpt', '450 5.1.1 wait')).toMatchObject({ result: 'deferred', enhancedCode: null });
  });

  it('that is hostile is cleaned and kept within the limit', () => {
    const verdict = judgeReply(
      'rcpt',
      `550-5.1.1 no\u0000\u001b[31m\ud83d\u2028x\n550 5.1.1 ${'é😀'.repeat(900)}`,
    );
    expect(verdict?.reply).toHaveLength(1000);
    expect(verdict?.reply).toMatch(/^550 5\.1\.1 no \[31m\ufffd x é😀/);
    expect(verdict?.reply.isWellFormed()).toBe(true);
  });

  it('cannot keep the rules busy, however it is made', () => {
    const startedAt = performance.now();
    for (const word of [
      'user ',
      'sending ',
      'mailbox mail ',
      'size ',
      'not ',
      'exceeded ',
      'too many ',
      'ip ',
    ])
      for (const phase of smtpPhases) judgeReply(phase, `550 ${word.repeat(10_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});

describe('fault rules', () => {
  const examples = faultRules.flatMap((rule) =>
    rule.examples.map(([phase, code]) => ({ rule, phase, code })),
  );

  it.each(examples)('$rule.name: reads $code at $phase as $rule.cause', ({ rule, phase, code }) => {
    expect(findFaultRule(phase, [code])?.name).toBe(rule.name);
    expect(judgeFault(phase, [code])).toBe(rule.cause);
  });

  it('prefer what the system said over what the library made of it', () => {
    expect(judgeFault('connect', ['ECONNREFUSED', 'ESOCKET'])).toBe('connection_refused');
    expect(judgeFault('connect', ['EAI_AGAIN', 'EDNS'])).toBe('dns_failed');
  });

  it('know a cause for every fault in every phase', () => {
    for (const phase of smtpPhases) {
      expect(judgeFault(phase, ['ENEVER_HEARD_OF'])).toBe('connection_lost');
      expect(judgeFault(phase, ['ETIMEDOUT'])).toMatch(/timed_out$/);
    }
  });
});
