import { anyOf, during, type VerdictRule } from './verdict-rule.ts';

/** Words by which a server shows that it refuses the sender or its address, whatever the enhanced code claims. */
const aboutTheClient = anyOf(
  'sender',
  'blac?k ?list',
  'block ?list',
  'spamhaus',
  '\\byour (ip|host|server)\\b',
  '\\bdnsbl\\b',
);

/** What the enhanced code (RFC 3463, RFC 7505, Microsoft's own) says of a recipient. */
export const enhancedRecipientRules: readonly VerdictRule[] = [
  {
    // The limit of one transaction; RFC 5321 4.5.3.1.10 has 552 read as 452.
    name: 'enhanced-too-many-recipients',
    cause: 'too_many_recipients',
    scope: 'recipient',
    permanence: 'transient',
    phases: during.rcpt,
    enhancedCode: /^[45]\.5\.3$/,
    unless: anyOf('(per|this|an?) (hour|day|minute)', 'daily|hourly'),
    examples: [
      ['rcpt', '452 4.5.3 Too many recipients'],
      ['rcpt', '451 4.5.3 Error: recipient limit'],
      [
        'rcpt',
        '452-4.5.3 Domain policy size per transaction exceeded,\n452 4.5.3 please try this recipient in a separate transaction.',
      ],
      ['rcpt', '452 4.5.3 Recipients belong to multiple regions ATTR38'],
      ['rcpt', '552 5.5.3 Too many recipients'],
    ],
  },
  {
    name: 'enhanced-too-many-recipients-at-all',
    cause: 'too_many_recipients',
    scope: 'message',
    permanence: 'by_class',
    phases: during.message,
    enhancedCode: /^[45]\.5\.3$/,
    examples: [['final_dot', '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients']],
  },
  {
    name: 'enhanced-recipient-busy',
    cause: 'recipient_busy',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^[45]\.2\.1$/,
    words: anyOf('receiving mail', 'too (quickly|many|much)', 'receiving limits'),
    examples: [
      [
        'rcpt',
        '450-4.2.1 The user you are trying to contact is receiving mail at a rate that\n450 4.2.1 prevents additional messages from being delivered.',
      ],
      ['rcpt', '450 4.2.1 The user you are trying to contact is receiving mail too quickly.'],
    ],
  },
  {
    // Class 5 is a server that means it; RFC 3463 3.3 asks servers for 4.2.2 where waiting may help.
    name: 'enhanced-mailbox-full',
    cause: 'mailbox_full',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^[45]\.2\.2$/,
    unless: anyOf('submission', 'sending'),
    examples: [
      [
        'rcpt',
        '452-4.2.2 The recipient’s inbox is out of storage space.\n452 4.2.2 https://support.google.com',
      ],
      ['rcpt', '452 4.2.2 The email account that you tried to reach is over quota'],
      ['rcpt', '552 5.2.2 Mailbox full'],
      ['rcpt', '552 5.2.2 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]'],
      ['rcpt', '552 5.2.2 <a@icloud.com>: user is over quota'],
      ['final_dot', '554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException'],
    ],
  },
  {
    // 5.1.10 is a null MX in RFC 7505 (code 556) and an unknown recipient at Exchange.
    name: 'enhanced-unknown-domain',
    cause: 'unknown_domain',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.1\.2$|^5\.4\.(4|310)$|^5\.1\.10$/,
    words: anyOf('domain', 'null mx', '\\bhost\\b', '\\bdns\\b', 'rout(e|ing)'),
    unless: aboutTheClient,
    examples: [
      ['rcpt', '553 5.1.2 We could not find any domain by that name'],
      ['rcpt', '550 5.4.4 Unable to route: host or domain name not found'],
      ['rcpt', '556 5.1.10 Recipient address has null MX'],
      ['final_dot', '550 5.4.310 DNS domain does not exist'],
    ],
  },
  {
    name: 'enhanced-mailbox-disabled',
    cause: 'mailbox_disabled',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.2\.1$/,
    words: anyOf(
      'disabled',
      'inactiv',
      'suspended',
      'deactivated',
      'expired',
      'closed',
      'locked',
      'not accept',
    ),
    unless: aboutTheClient,
    examples: [
      [
        'rcpt',
        '550-5.2.1 The email account that you tried to reach is inactive.\n550 5.2.1 See https://support.google.com',
      ],
      ['rcpt', '550 5.2.1 The email account that you tried to reach is disabled'],
      ['rcpt', '550 5.2.1 This mailbox has been blocked due to inactivity'],
    ],
  },
  {
    name: 'enhanced-unknown-user',
    cause: 'unknown_user',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.1\.([01236]|10)$|^5\.2\.1$/,
    unless: new RegExp(`${aboutTheClient.source}|quota|relay`, 'i'),
    examples: [
      [
        'rcpt',
        '550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
      ],
      ['rcpt', '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 Try again'],
      ['rcpt', '550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]'],
      [
        'rcpt',
        '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@example.com not found by SMTP address lookup',
      ],
      ['rcpt', '550 5.1.6 recipient no longer on server: a@icloud.com'],
      ['rcpt', '550 5.1.0 Address rejected.'],
      ['rcpt', '501 5.1.3 Bad recipient address syntax'],
    ],
  },
  {
    // Microsoft 365 turns addresses that it does not know away at its edge.
    name: 'enhanced-edge-blocked',
    cause: 'unknown_user',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.4\.1$/,
    words: /recipient address rejected/i,
    examples: [
      [
        'rcpt',
        '550 5.4.1 Recipient address rejected: Access denied. AS(201806281) [AM6EUR05FT001.eop-eur05.prod.protection.outlook.com]',
      ],
    ],
  },
  {
    name: 'enhanced-recipient-restricted',
    cause: 'refused',
    scope: 'recipient',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.7\.(12[0-9]|13[0-9])$/,
    examples: [
      [
        'rcpt',
        '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed',
      ],
      ['final_dot', '550 5.7.124 Sender not in allowed-senders list'],
    ],
  },
];
