import { describe, expect, it } from 'vitest';
import { faultRules, judgeFault } from './fault-rules.ts';
import { judgeReply } from './judge-reply.ts';
import { verdictRules } from './verdict-rules.ts';

describe('verdict rules', () => {
  const examples = verdictRules.flatMap((rule) =>
    rule.examples.map(([phase, reply]) => ({ rule, phase, reply })),
  );

  it.each(examples)('reads "$reply" at $phase as $rule.cause', ({ rule, phase, reply }) => {
    const permanent = reply.startsWith('5') && !reply.startsWith('503');
    expect(judgeReply(phase, reply)).toMatchObject({
      cause: rule.cause,
      result: rule.result ?? (permanent ? 'rejected' : 'deferred'),
      code: Number(reply.slice(0, 3)),
    });
  });

  it('gives every rule an example', () => {
    expect(verdictRules.filter((rule) => rule.examples.length === 0)).toEqual([]);
  });

  it('takes every unknown 4yz as transient and every unknown 5yz as permanent', () => {
    for (let code = 400; code < 600; code += 1) {
      const verdict = judgeReply('final_dot', `${code} Nobody has ever said this`);
      expect(verdict?.result, `${code}`).toBe(code < 500 || code === 503 ? 'deferred' : 'rejected');
    }
  });

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
  ])('sees no refusal in "%s"', (reply) => {
    expect(judgeReply('final_dot', reply)).toBeNull();
  });

  it('ignores an enhanced code of another class than the code', () => {
    expect(judgeReply('rcpt', '450 5.1.1 wait')).toMatchObject({ result: 'deferred', enhancedCode: null });
  });

  it('cleans hostile words and keeps them within the limit', () => {
    const verdict = judgeReply(
      'rcpt',
      `550-5.1.1 no\u0000\u001b[31m\ud83d\u2028x\n550 5.1.1 ${'é😀'.repeat(900)}`,
    );
    expect(verdict?.reply).toHaveLength(1000);
    expect(verdict?.reply).toMatch(/^550 5\.1\.1 no \[31m\ufffd x é😀/);
    expect(verdict?.reply.isWellFormed()).toBe(true);
  });
});

describe('fault rules', () => {
  it.each(faultRules.flatMap((rule) => rule.examples.map((code) => ({ code, cause: rule.cause }))))(
    'reads $code as $cause',
    ({ code, cause }) => {
      expect(judgeFault([code])).toBe(cause);
    },
  );

  it('prefers what the system said over what the library made of it', () => {
    expect(judgeFault(['ECONNREFUSED', 'ESOCKET'])).toBe('connection_refused');
    expect(judgeFault(['EAI_AGAIN', 'EDNS'])).toBe('connection_refused');
  });
});
