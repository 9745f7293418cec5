import { during, type VerdictRule } from './verdict-rule.ts';

/** What is left when only the three-digit code speaks. */
export const bareCodeRules: readonly VerdictRule[] = [
  {
    // RFC 1870 6 and RFC 5321 4.2.2: storage of the message at MAIL and DATA, of the mailbox at RCPT.
    name: 'bare-552-message',
    cause: 'too_large',
    scope: 'message',
    permanence: 'by_class',
    phases: during.message,
    code: /^552$/,
    examples: [
      ['mail', '552 No'],
      ['final_dot', '552 Transaction failed'],
    ],
  },
  {
    name: 'bare-552-recipient',
    cause: 'mailbox_full',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.rcpt,
    code: /^552$/,
    examples: [['rcpt', '552 No']],
  },
  {
    name: 'bare-refusal-of-mail-from',
    cause: 'sender_refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.mail,
    code: /^55[0134]$/,
    examples: [
      ['mail', '550 5.7.1 Access denied'],
      ['mail', '553 Not you'],
    ],
  },
  {
    // The server closes the connection: it speaks of itself, not of the email (RFC 5321 3.8).
    name: 'bare-421',
    cause: 'try_later',
    scope: 'connector',
    permanence: 'transient',
    phases: during.transaction,
    code: /^421$/,
    examples: [
      ['mail', '421 mx.example Shutting down'],
      ['rcpt', '421 4.3.0 Temporary System Problem. Try again later'],
      ['final_dot', '421 4.7.0 Try again later, closing connection.'],
      ['mail', '421 mwinf5c04 ME Service refuse. Veuillez essayer plus tard. OFR_999 [999]'],
    ],
  },
  {
    name: 'bare-transient-recipient',
    cause: 'try_later',
    scope: 'recipient',
    permanence: 'transient',
    phases: during.rcpt,
    code: /^(4\d\d|503)$/,
    examples: [
      ['rcpt', '450 4.1.1 Unverified address'],
      ['rcpt', '450 4.1.2 <a@example.com>: Recipient address rejected: Domain not found'],
      ['rcpt', '451 4.3.2 System busy, try again later'],
      [
        'rcpt',
        '451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
      ],
    ],
  },
  {
    name: 'bare-transient-message',
    cause: 'try_later',
    scope: 'message',
    permanence: 'transient',
    phases: during.message,
    code: /^(4\d\d|503)$/,
    examples: [
      ['final_dot', '451 Requested action aborted: local error in processing'],
      ['mail', '452 4.3.1 Insufficient system storage'],
      ['data', '503 5.5.1 Bad sequence of commands'],
    ],
  },
  {
    name: 'bare-permanent-recipient',
    cause: 'refused',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.rcpt,
    code: /^5/,
    examples: [
      ['rcpt', '550 5.7.1 Refused by policy'],
      ['rcpt', '550 Administrative prohibition'],
    ],
  },
  {
    name: 'bare-permanent-message',
    cause: 'refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.message,
    code: /^5/,
    examples: [
      ['final_dot', '554 5.7.1 Message refused'],
      ['final_dot', '554 Transaction failed'],
      [
        'final_dot',
        '550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
      ],
      [
        'final_dot',
        '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
      ],
    ],
  },
];
