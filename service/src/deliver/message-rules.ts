import { anyOf, during, type VerdictRule } from './verdict-rule.ts';

/** What is said of the message or of its sender, in words. */
export const messageRules: readonly VerdictRule[] = [
  {
    name: 'sender-refused',
    cause: 'sender_refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.transaction,
    words: anyOf(
      '\\b(sender|from|return.?path)( e?-?mail)?( address)?\\b.{0,40}(rejected|refused|denied|not (allowed|owned|permitted|authorized|verified|exist)|verif(y|ication) failed)',
      'not (owned by|allowed to send|permitted to send|authorized to (send|perform))',
      'address is not verified',
      'verified sender',
      'permissions? to send (as|on behalf)',
      'invalid mail from',
      'sending (is )?paused',
      '\\b(spf|dkim|dmarc)\\b',
      '(anti-?)?spoof(ing|ed)?\\b',
    ),
    examples: [
      ['mail', '553 5.7.1 <a@example.com>: Sender address rejected: not owned by user b@example.com'],
      ['final_dot', '550 5.7.1 Message rejected due to DMARC policy'],
      [
        'final_dot',
        '554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: a@example.com',
      ],
      [
        'final_dot',
        '550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.',
      ],
      ['rcpt', '550 Sender verify failed'],
      ['rcpt', '550 Anti-Spoofing policy - Inbound not allowed'],
      [
        'final_dot',
        '554 Access denied: User arn:aws:iam::1:user/a is not authorized to perform ses:SendRawEmail',
      ],
      ['mail', '501 Invalid MAIL FROM address provided'],
      ['final_dot', '554 Message rejected: Sending paused for this account.'],
    ],
  },
  {
    name: 'too-large',
    cause: 'too_large',
    scope: 'message',
    permanence: 'by_class',
    phases: during.transaction,
    words: anyOf(
      '(message|mail|attachment)s?\\b.{0,20}too (large|big|long)',
      'size.{0,40}(exceed|too)',
      'exceed.{0,30}size',
      'too (large|big)\\b',
      'maximum.{0,20}size',
    ),
    unless: anyOf('line.{0,10}too long', 'header'),
    examples: [
      ['mail', '552 Message size exceeds maximum message size'],
      ['final_dot', '552 Message size limit exceeded'],
      ['final_dot', '552 Message is too long.'],
      ['final_dot', '554 Message too big'],
    ],
  },
  {
    name: 'content-refused',
    cause: 'content_refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.content,
    code: /^5/,
    words: anyOf(
      '\\bspam',
      'unsolicited',
      'bulk (e-?)?mail',
      'virus',
      'malware',
      'phish',
      'content',
      'attachment',
      'executable',
      'rfc ?5322',
      'header',
      'malformed',
      'line.{0,10}too long',
      'mail rejete',
    ),
    examples: [
      ['final_dot', '554 5.7.1 Message rejected as spam'],
      [
        'final_dot',
        '552-5.7.0 This message was blocked because its content presents a potential\n552 5.7.0 security issue',
      ],
      [
        'final_dot',
        '550-5.7.1 [192.0.2.1] Our system has detected that this message is likely\n550 5.7.1 unsolicited mail.',
      ],
      ['final_dot', '550 Virus found: Eicar-Test-Signature'],
      ['final_dot', '550 This message was classified as SPAM and may not be delivered'],
      ['final_dot', '550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]'],
      ['final_dot', '550 maximum allowed line length is 998 octets, line too long'],
    ],
  },
];

/** Said to be blocked, and not by whom. */
export const policyRules: readonly VerdictRule[] = [
  {
    name: 'blocked-by-policy',
    cause: 'blocked',
    scope: 'message',
    permanence: 'by_class',
    phases: during.transaction,
    words: anyOf('\\b(blocked|banned)\\b'),
    examples: [
      ['rcpt', '554 5.7.1 Message blocked by policy'],
      ['rcpt', '550 permanent failure for one or more recipients (a@example.com:blocked)'],
      ['mail', '550 5.7.1 This sender is blocked'],
    ],
  },
];
