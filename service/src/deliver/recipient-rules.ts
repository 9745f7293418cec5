import { anyOf, during, type VerdictRule } from './verdict-rule.ts';

const rates = anyOf('(per|this|an?) (second|minute|hour|day)', 'daily|hourly', 'sending|submission|relay');

/** What is said of one recipient in words, where the enhanced code is missing or means nothing. */
export const recipientRules: readonly VerdictRule[] = [
  {
    name: 'greylisted',
    cause: 'greylisted',
    scope: 'recipient',
    permanence: 'transient',
    phases: during.transaction,
    words: anyOf('gr[ae]y-?\\s?list', 'liste grise', 'postgrey'),
    examples: [
      [
        'rcpt',
        '450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example',
      ],
      ['rcpt', '451 4.7.1 Greylisting in action, please come back later'],
      ['final_dot', '451 Graylisted, try again in 300 seconds'],
      ['rcpt', '550 5.7.1 You are greylisted, try again later'],
      ['rcpt', '421 4.7.1 Service unavailable; Client host blocked using grey.rbl - Greylisting in action'],
    ],
  },
  {
    name: 'too-many-recipients',
    cause: 'too_many_recipients',
    scope: 'recipient',
    permanence: 'transient',
    phases: during.rcpt,
    code: /^(4\d\d|552)$/,
    words: anyOf('too many recipients', 'recipient limit', 'multiple (destination|recipient) domains'),
    unless: rates,
    examples: [
      ['rcpt', '452 Too many recipients'],
      ['rcpt', '552 Too many recipients'],
      ['rcpt', '451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again.'],
    ],
  },
  {
    name: 'mailbox-full',
    cause: 'mailbox_full',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    words: anyOf(
      '(mailbox|inbox|account|user|maildir|mail ?folder)\\b.{0,30}\\bfull\\b',
      'full mailbox',
      'bo[iî]te .{0,30}pleine',
      'over.{0,5}quota',
      '(mail|mailbox|maildir|disk|disc|storage|user|account|recipient)\\b.{0,30}quota',
      'quota (exceeded|violation|usage)',
      'exceeded storage allocation',
      'mailbox size limit',
      'disk space limit',
    ),
    unless: rates,
    examples: [
      ['rcpt', '452 Mailbox full'],
      ['rcpt', '552 Requested mail action aborted: exceeded storage allocation'],
      ['rcpt', '550 a@example.com is over quota'],
      ['rcpt', '550 user over quota. (#5.1.1)'],
      ['rcpt', '550 5.7.1 Mailbox size limit exceeded'],
    ],
  },
  {
    name: 'recipient-busy',
    cause: 'recipient_busy',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    words: anyOf(
      '(user|recipient|mailbox|account).{0,60}receiving (mail|messages|too)',
      'exceed(ed|ing)? .{0,20}receiving limit',
    ),
    examples: [
      ['rcpt', '450 The user you are trying to contact is receiving mail at a rate that is too high'],
      ['rcpt', '450 4.7.1 Recipient has exceeded the daily receiving limit'],
    ],
  },
];

/** Last of the words: what a server that blocks the sender says is often "mailbox unavailable" too. */
export const unknownRecipientRules: readonly VerdictRule[] = [
  {
    name: 'mailbox-disabled',
    cause: 'mailbox_disabled',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    code: /^5/,
    words: anyOf(
      '(user|recipient|mailbox|address|account)\\b.{0,40}\\b(disabled|inactive|suspended|deactivated|expired|locked|due to inactivity)',
      '\\b(disabled|inactive|suspended|expired) (user|recipient|mailbox|account)',
    ),
    examples: [
      ['rcpt', '550 Account disabled'],
      ['rcpt', '554 5.7.1 Inactive user'],
      ['rcpt', '550 This account has been suspended'],
    ],
  },
  {
    name: 'unknown-domain',
    cause: 'unknown_domain',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    code: /^5/,
    words: anyOf(
      '\\bdomain\\b.{0,40}(not found|not exist|unknown|invalid|no mx)',
      '(unknown|no such|invalid|unrouteable mail) (domain|host)\\b',
      'null mx',
      '\\bhost (unknown|not found)',
    ),
    examples: [
      ['rcpt', '550 Domain example.invalid does not exist'],
      ['rcpt', '550 Host unknown'],
      ['rcpt', '550 Unrouteable mail domain "example.invalid"'],
    ],
  },
  {
    name: 'unknown-user',
    cause: 'unknown_user',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    code: /^5/,
    words: anyOf(
      '(user|recipient|mailbox|address|account|alias)s?\\b.{0,40}(unknown|not found|not exist|doesn.t exist|invalid|unavailable|not known|no longer)',
      '(unknown|no such|invalid|unrouteable|bad) (e-?mail )?(user|recipient|mailbox|address|account|person|local)',
      'not an? (valid|known|local|active) (user|recipient|mailbox|address)',
      'doesn.t have an? .{0,40}account',
      'no (mailbox|account|valid recipients?)\\b',
      'destinataire invalide',
      '\\b(inconnue?|unbekannt)\\b',
    ),
    examples: [
      ['rcpt', '550 No such user here'],
      ['rcpt', '550 Requested action not taken: mailbox unavailable'],
      ['rcpt', '550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).'],
      ['rcpt', '550 5.4.1 Mailbox a@example.com not found'],
      ['rcpt', '550 Unrouteable address'],
      ['rcpt', '550 Utilisateur inconnu !'],
      ['rcpt', '550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550'],
      [
        'rcpt',
        '550-Requested action not taken: mailbox unavailable\n550 For explanation visit https://postmaster.gmx.net/en/error-messages',
      ],
      ['final_dot', "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]"],
      ['final_dot', '554 delivery error: dd Not a valid recipient - mta4001.mail.bf1.yahoo.com'],
      ['final_dot', '550 Unknown user'],
    ],
  },
];
