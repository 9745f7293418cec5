import { during, type VerdictRule } from './verdict-rule.ts';

/** What the enhanced code (RFC 3463, RFC 7372, Gmail's and Microsoft's own) says of the message or the connector. */
export const enhancedMessageRules: readonly VerdictRule[] = [
  {
    name: 'enhanced-rate-limited',
    cause: 'rate_limited',
    scope: 'connector',
    permanence: 'transient',
    phases: during.transaction,
    enhancedCode: /^([45]\.7\.28|4\.7\.(500|65[01])|5\.4\.5|5\.1\.90|5\.7\.(232|233|705)|4\.4\.5)$/,
    examples: [
      ['mail', '421-4.7.28 Gmail has detected an unusual rate of mail\n421 4.7.28 originating from your IP'],
      [
        'final_dot',
        '550-5.7.28 There is an unusual rate of unsolicited mail\n550 5.7.28 from your IP address',
      ],
      ['rcpt', '451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)'],
      [
        'mail',
        '451 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation.',
      ],
      ['final_dot', '550 5.4.5 Daily user sending limit exceeded.'],
      [
        'final_dot',
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
      ],
      ['final_dot', '550 5.7.705 Access denied, tenant has exceeded threshold'],
      ['mail', '421 4.4.5 Server busy, try again later.'],
    ],
  },
  {
    name: 'enhanced-too-large',
    cause: 'too_large',
    scope: 'message',
    permanence: 'by_class',
    phases: during.transaction,
    enhancedCode: /^[45]\.(2\.3|3\.4)$/,
    examples: [
      ['mail', '552 5.3.4 Message size exceeds fixed limit'],
      [
        'final_dot',
        '552-5.3.4 Your message exceeded Google’s message size limits.\n552 5.3.4 See https://support.google.com',
      ],
      ['final_dot', '552 5.2.3 Message length exceeds administrative limit'],
      ['mail', '452 4.3.4 Message too big for system now'],
    ],
  },
  {
    // RFC 7372: SPF, DKIM, reverse DNS; Gmail and Outlook count on from there.
    name: 'enhanced-sender-refused',
    cause: 'sender_refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.transaction,
    enhancedCode: /^[45]\.1\.[78]$|^[45]\.7\.(2[0-467]|3[0-2]|60|509|515)$|^5\.2\.252$/,
    examples: [
      ['mail', '553 5.1.8 Sender address rejected: Domain not found'],
      ['mail', '450 4.1.8 Sender address rejected: Domain not found'],
      ['rcpt', '550 5.1.7 The sender’s address was syntactically invalid'],
      [
        'final_dot',
        '550-5.7.26 Your email has been blocked because the sender is unauthenticated.\n550 5.7.26 Set up SPF or DKIM',
      ],
      [
        'final_dot',
        '421-4.7.26 Your email has been rate limited because it is unauthenticated.\n421 4.7.26 See SPF',
      ],
      ['final_dot', '550 5.7.23 The message was rejected because of Sender Policy Framework violation'],
      ['final_dot', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
      ['final_dot', '554 5.2.252 SendAsDenied; a@example.com not allowed to send as b@example.com'],
      [
        'final_dot',
        '550 5.7.515 Access denied, sending domain example.com does not meet the required authentication level.',
      ],
      ['final_dot', '550 5.7.509 Access denied, sending domain example.com does not pass DMARC verification'],
    ],
  },
  {
    name: 'enhanced-relay-denied',
    cause: 'relay_denied',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.recipients,
    enhancedCode: /^5\.7\.(54|64)$/,
    examples: [
      ['rcpt', '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain'],
      ['rcpt', '550 5.7.64 TenantAttribution; Relay Access Denied'],
    ],
  },
  {
    name: 'enhanced-blocked',
    cause: 'blocked',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.transaction,
    enhancedCode: /^[45]\.7\.25$|^5\.7\.(50[1-3]|511|60[6-9]|6[1-4]\d|708)$/,
    examples: [
      [
        'rcpt',
        '550 5.7.606 Access denied, banned sending IP [192.0.2.1]. To request removal visit https://sender.office.com/',
      ],
      ['rcpt', '550 5.7.511 Access denied, banned sender[192.0.2.1].'],
      ['final_dot', '550 5.7.501 Access denied, spam abuse detected'],
      ['rcpt', '550 5.7.708 Access denied, traffic not accepted from this IP'],
      [
        'rcpt',
        '550-5.7.25 The IP address sending this message does not have a PTR record\n550 5.7.25 set up',
      ],
      ['rcpt', '450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]'],
    ],
  },
  {
    name: 'enhanced-content-refused',
    cause: 'content_refused',
    scope: 'message',
    permanence: 'by_class',
    phases: during.message,
    enhancedCode: /^5\.6\.\d+$|^5\.7\.(350|512)$/,
    examples: [
      ['final_dot', '554 5.6.0 Message content rejected'],
      ['final_dot', '550 5.7.350 Remote server returned message detected as spam'],
      ['final_dot', '550 5.7.512 Access denied, message must be RFC 5322 section 3.6.2 compliant'],
    ],
  },
];
