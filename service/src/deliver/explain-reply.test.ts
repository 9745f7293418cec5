import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { describeExplanation, explainReply, type Explanation } from './explain-reply.ts';

const explained = (...args: Parameters<typeof explainReply>) => explainReply(...args) as Explanation;

describe('explaining a reply', () => {
  it('says what it comes to, of whom it speaks, why, and by which rule', () => {
    expect(explained('550 5.1.1 No such user', 'rcpt')).toEqual({
      reply: '550 5.1.1 No such user',
      phase: 'rcpt',
      assumed: false,
      result: 'rejected',
      scope: 'recipient',
      consequence: 'permanent: it fails at once for whom this was said of',
      cause: 'unknown_user',
      rule: 'enhanced-unknown-user',
    });
  });

  it.each([
    ['550 5.1.1 No such user', 'final_dot'],
    ['452 4.5.3 Too many recipients', 'rcpt'],
    ['452 Too many recipients', 'rcpt'],
    ['535 5.7.8 Username and Password not accepted', 'login'],
    ['454 4.7.0 Temporary authentication failure', 'login'],
    ['454 Throttling failure: Maximum sending rate exceeded.', 'final_dot'],
    ['530 5.7.0 Authentication required', 'mail'],
    ['554 Something else', 'final_dot'],
  ])('guesses where it was said, and says that it did: %s', (reply, phase) => {
    expect(explained(reply, null)).toMatchObject({ phase, assumed: true });
    expect(describeExplanation(explained(reply, null))).toContain('assumed');
    expect(describeExplanation(explained(reply, phase as 'rcpt'))).not.toContain('assumed');
  });

  it.each([
    ['535 5.7.8 Wrong password', 'login', 'connector_trouble', /switched off/],
    ['421 4.7.0 Too many connections', 'greeting', 'connector_trouble', /paused and probed/],
    ['454 4.7.0 Try later', 'tls', 'connector_trouble', /paused/],
    ['421 Shutting down', 'mail', 'deferred', /about a minute without using up/],
    ['452 4.5.3 Too many recipients', 'rcpt', 'deferred', /at once/],
    ['451 4.7.1 Greylisted', 'rcpt', 'deferred', /by the retry pattern/],
    ['554 Spam', 'final_dot', 'rejected', /fails at once/],
    ['ECONNREFUSED', 'connect', 'connector_trouble', /paused/],
    ['ETIMEDOUT', 'rcpt', 'deferred', /by the retry pattern/],
    ['ETIMEDOUT', 'final_dot', 'uncertain', /nobody knows/],
  ] as const)('says what becomes of the email: %s at %s', (reply, phase, result, consequence) => {
    const it = explained(reply, phase);
    expect(it.result).toBe(result);
    expect(it.consequence).toMatch(consequence);
  });

  it('reads several lines, and cleans what a terminal would obey', () => {
    expect(explained('550-5.1.1 gone\r\n550 5.1.1 \u001b[2Jfor good\r\n', null).reply).toBe(
      '550 5.1.1 gone [2Jfor good',
    );
  });

  it.each(['', 'hello', 'Subject: x', '5501 x'])('knows nothing of "%s"', (words) => {
    expect(explainReply(words, null)).toBeNull();
  });

  it('finds no fault with a positive reply', () => {
    expect(explainReply('250 2.0.0 OK', null)).toBe('accepted');
  });
});

describe('the command', () => {
  const run = (args: string[], stdin = '') =>
    new Promise<{ code: unknown; out: string; error: string }>((resolve) => {
      const command = fileURLToPath(new URL('../processes/verdict.ts', import.meta.url));
      const tsx = fileURLToPath(import.meta.resolve('tsx'));
      const child = execFile(
        process.execPath,
        ['--conditions=source', '--import', tsx, command, ...args],
        (error, out, problem) => resolve({ code: error?.code ?? 0, out, error: problem }),
      );
      child.stdin?.end(stdin);
    });

  it('prints a verdict in both languages, of an argument or of stdin', async () => {
    const [given, read, wrong] = await Promise.all([
      run(['--phase', 'rcpt', '550 5.1.1 No such user']),
      run(['--phase=rcpt'], '550 5.1.1 No such user\r\n'),
      run(['nothing of a reply']),
    ]);
    expect(given).toMatchObject({ code: 0, error: '' });
    expect(given.out).toMatch(
      /^Result +rejected .*^Scope +recipient.*^Cause +unknown_user.*^Rule +enhanced-/ms,
    );
    expect(given.out).toContain('The address does not exist.');
    expect(given.out).toContain('Vérifiez l’adresse.');
    expect(read).toEqual(given);
    expect(wrong).toMatchObject({ code: 2, out: '', error: expect.stringContaining('Usage') as string });
  }, 20_000);
});
