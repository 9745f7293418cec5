import type { DeliveryCause, SmtpPhase } from '@portal-outbox/contracts';

/** One rule of how a mail server's refusal is understood. Everything that is given must hold. */
export interface VerdictRule {
  cause: DeliveryCause;
  phases?: readonly SmtpPhase[];
  /** Matched against the three-digit code. */
  code?: RegExp;
  /** Matched against the enhanced code (RFC 3463), `550` without one is the empty text. */
  enhancedCode?: RegExp;
  /** Matched against the cleaned words. */
  words?: RegExp;
  /** Where the reply's class must not decide between transient and permanent. */
  result?: 'deferred' | 'rejected';
  /** Replies that this rule, and no rule before it, must catch: its test. */
  examples: readonly [phase: SmtpPhase, reply: string][];
}

const setup: readonly SmtpPhase[] = ['connect', 'greeting'];
const message: readonly SmtpPhase[] = ['mail', 'rcpt', 'data', 'body', 'final_dot'];

/**
 * The first rule that holds decides. Enhanced codes come before words, words before bare codes; a bare 4yz is
 * transient and a bare 5yz permanent (RFC 5321 4.2.1), except 421 and 503, which speak of the session.
 */
export const verdictRules: readonly VerdictRule[] = [
  // Before MAIL FROM: the connector's trouble.
  {
    cause: 'tls_failed',
    phases: ['tls'],
    examples: [
      ['tls', '454 4.7.0 TLS not available due to local problem'],
      ['tls', '502 5.5.1 Command not implemented'],
    ],
  },
  {
    cause: 'tls_failed',
    phases: ['login', 'mail'],
    code: /^53[048]$/,
    words: /starttls|encrypt|secure (channel|connection)|\btls\b/i,
    examples: [
      ['login', '538 5.7.11 Encryption required for requested authentication mechanism'],
      ['mail', '530 5.7.0 Must issue a STARTTLS command first'],
    ],
  },
  {
    cause: 'login_refused',
    phases: ['mail'],
    code: /^530$/,
    examples: [['mail', '530 5.7.0 Authentication required']],
  },
  {
    cause: 'login_unavailable',
    phases: ['login'],
    code: /^(4\d\d|50[0234])$/,
    examples: [
      ['login', '454 4.7.0 Temporary authentication failure'],
      ['login', '421 4.7.0 Too many login attempts'],
      ['login', '503 5.5.1 AUTH not allowed now'],
      ['login', '504 5.5.4 Unrecognized authentication type'],
    ],
  },
  {
    cause: 'login_refused',
    phases: ['login'],
    examples: [
      ['login', '535 5.7.8 Username and Password not accepted'],
      ['login', '535 Authentication failed'],
      ['login', '534-5.7.9 Application-specific password required.\n534 5.7.9 See https://support.example'],
      ['login', '550 Authentication failed'],
    ],
  },
  {
    cause: 'rate_limited',
    phases: setup,
    words: /too many|\brate\b|throttl/i,
    examples: [['greeting', '421 4.7.0 mx.example Too many connections from your address']],
  },
  {
    cause: 'try_later',
    phases: setup,
    code: /^4/,
    examples: [['greeting', '421 mx.example Service not available, closing transmission channel']],
  },
  {
    cause: 'blocked',
    phases: setup,
    examples: [
      ['greeting', '554 5.7.1 mx.example No SMTP service here'],
      ['greeting', '550 Your address is listed'],
    ],
  },

  // About this message or recipient.
  {
    cause: 'greylisted',
    words: /gr[ae]y-?\s?list/i,
    result: 'deferred',
    examples: [
      [
        'rcpt',
        '450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example',
      ],
      ['rcpt', '451 4.7.1 Greylisting in action, please come back later'],
      ['final_dot', '451 Graylisted, try again in 300 seconds'],
      ['rcpt', '550 5.7.1 You are greylisted, try again later'],
    ],
  },
  {
    // RFC 5321 4.5.3.1.10: a 552 for too many recipients is to be read as 452.
    cause: 'try_later',
    phases: ['rcpt'],
    code: /^4|^552$/,
    words: /too many recipients|[45]\.5\.3\b/i,
    result: 'deferred',
    examples: [
      ['rcpt', '452 4.5.3 Too many recipients'],
      ['rcpt', '552 Too many recipients'],
      ['rcpt', '451 4.5.3 Error: recipient limit'],
    ],
  },
  {
    // X.2.2 of class 5 is a server that means it; RFC 3463 3.3 asks servers for 4.2.2 where waiting may help.
    cause: 'mailbox_full',
    enhancedCode: /^[45]\.2\.2$/,
    examples: [
      ['rcpt', '452 4.2.2 The email account that you tried to reach is over quota'],
      ['rcpt', '552 5.2.2 Mailbox full'],
      ['final_dot', '554 5.2.2 mailbox full'],
    ],
  },
  {
    cause: 'too_large',
    enhancedCode: /^[45]\.(2\.3|3\.4)$/,
    examples: [
      ['mail', '552 5.3.4 Message size exceeds fixed limit'],
      ['final_dot', '552 5.2.3 Message length exceeds administrative limit'],
      ['mail', '452 4.3.4 Message too big for system now'],
    ],
  },
  {
    cause: 'unknown_user',
    enhancedCode: /^5\.1\.([01236]|10)$|^5\.2\.1$|^5\.4\.310$/,
    words: /^(?!.*sender).*$/i,
    examples: [
      ['rcpt', '550 5.1.1 <a@example.com>: Recipient address rejected: User unknown'],
      ['rcpt', '550-5.1.1 The email account that you tried to reach does not exist.\n550 5.1.1 Try again'],
      ['rcpt', '553 5.1.2 We could not find any domain by that name'],
      ['rcpt', '556 5.1.10 Recipient address has null MX'],
      ['rcpt', '550 5.2.1 The email account that you tried to reach is disabled'],
      ['final_dot', '550 5.4.310 DNS domain does not exist'],
    ],
  },
  {
    cause: 'sender_refused',
    enhancedCode: /^[45]\.1\.[78]$|^[45]\.7\.(2[0367]|60)$|^5\.2\.252$/,
    examples: [
      ['mail', '553 5.1.8 Sender address rejected: Domain not found'],
      ['mail', '450 4.1.8 Sender address rejected: Domain not found'],
      ['final_dot', '550-5.7.26 This mail is unauthenticated.\n550 5.7.26 Set up SPF or DKIM'],
      ['final_dot', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'],
    ],
  },
  {
    cause: 'content_refused',
    enhancedCode: /^5\.6\.\d+$/,
    examples: [['final_dot', '554 5.6.0 Message content rejected']],
  },
  {
    cause: 'mailbox_full',
    words: /(mailbox|inbox|account|user).{0,30}(is )?full|over ?quota|quota|exceeded storage allocation/i,
    examples: [
      ['rcpt', '452 Mailbox full'],
      ['rcpt', '552 Requested mail action aborted: exceeded storage allocation'],
      ['rcpt', '550 a@example.com is over quota'],
    ],
  },
  {
    cause: 'too_large',
    words:
      /(message|mail).{0,20}too (large|big|long)|size.{0,40}(exceed|too)|exceed.{0,30}size|too (large|big)|maximum.{0,20}size/i,
    examples: [
      ['mail', '552 Message size exceeds maximum message size'],
      ['final_dot', '552 Message size limit exceeded'],
      ['final_dot', '554 Message too big'],
    ],
  },
  {
    cause: 'rate_limited',
    phases: message,
    words:
      /rate.?limit|limit(ed)? (rate|exceeded)|(sending|message|hourly|daily|connection).{0,24} limit|too many (messages|connections|emails|requests|errors)|throttl|too (fast|quickly)|unusual rate|server busy|[45]\.7\.28\b/i,
    examples: [
      ['rcpt', '450 4.7.1 Error: too much mail, message rate limit exceeded'],
      ['mail', '421 4.7.28 Our system has detected an unusual rate of mail'],
      ['mail', '421 4.7.0 Too many messages on this connection'],
      ['rcpt', '451 4.7.500 Server busy. Please try again later'],
      ['final_dot', '550 5.4.5 Daily user sending limit exceeded'],
    ],
  },
  {
    cause: 'sender_refused',
    words:
      /(sender|from|return.?path)( e?-?mail)?( address)?.{0,40}(rejected|refused|denied|not (allowed|owned|permitted|authorized|verified))|not (owned by|allowed to send|permitted to send)|send(ing)? as|relay(ing)?( access)? (denied|not permitted|not allowed)|unable to relay|\b(spf|dmarc)\b/i,
    examples: [
      ['mail', '553 5.7.1 <a@example.com>: Sender address rejected: not owned by user b@example.com'],
      ['rcpt', '554 5.7.1 <a@example.com>: Relay access denied'],
      ['rcpt', '550 5.7.1 Unable to relay'],
      ['final_dot', '550 5.7.1 Message rejected due to DMARC policy'],
    ],
  },
  {
    cause: 'blocked',
    words:
      /block ?list|black ?list|deny ?list|\b(rbl|dnsbl)\b|spamhaus|barracuda|spamcop|reputation|client host|(ip|host|address).{0,40}(blocked|banned|listed)|blocked (using|by)|banned/i,
    examples: [
      ['rcpt', '554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'],
      ['mail', '550 5.7.1 Your IP 192.0.2.1 is banned'],
      ['rcpt', '451 4.7.1 Deferred because of the poor reputation of your address'],
    ],
  },
  {
    cause: 'content_refused',
    phases: ['body', 'final_dot'],
    code: /^5/,
    words: /spam|virus|malware|phish|content|attachment|executable/i,
    examples: [
      ['final_dot', '554 5.7.1 Message rejected as spam'],
      [
        'final_dot',
        '552-5.7.0 This message was blocked because its content presents a potential\n552 5.7.0 security issue',
      ],
      ['final_dot', '550 Virus found: Eicar-Test-Signature'],
    ],
  },
  {
    cause: 'unknown_user',
    phases: ['rcpt', 'data', 'body', 'final_dot'],
    code: /^5/,
    words:
      /(user|recipient|mailbox|address|account|alias).{0,40}(unknown|not found|not exist|doesn.t exist|invalid|unavailable|disabled|inactive)|(unknown|no such|invalid|unrouteable) (user|recipient|mailbox|address|account|local|domain)|not a (valid|known) (user|recipient|mailbox)/i,
    examples: [
      ['rcpt', '550 No such user here'],
      ['rcpt', '550 Requested action not taken: mailbox unavailable'],
      ['rcpt', '550 5.4.1 Recipient address rejected: user not found'],
      ['final_dot', '550 Unknown user'],
    ],
  },

  // Bare codes.
  {
    // RFC 1870 6 and RFC 5321 4.2.2: storage of the message at MAIL and DATA, of the mailbox at RCPT.
    cause: 'too_large',
    phases: ['mail', 'data', 'body', 'final_dot'],
    code: /^552$/,
    examples: [
      ['mail', '552 No'],
      ['final_dot', '552 Transaction failed'],
    ],
  },
  {
    cause: 'mailbox_full',
    phases: ['rcpt'],
    code: /^552$/,
    examples: [['rcpt', '552 No']],
  },
  {
    cause: 'sender_refused',
    phases: ['mail'],
    code: /^55[0134]$/,
    examples: [
      ['mail', '550 5.7.1 Access denied'],
      ['mail', '553 Not you'],
    ],
  },
  {
    cause: 'try_later',
    code: /^(4\d\d|503)$/,
    result: 'deferred',
    examples: [
      ['mail', '421 mx.example Shutting down'],
      ['final_dot', '451 Requested action aborted: local error in processing'],
      ['mail', '452 4.3.1 Insufficient system storage'],
      ['rcpt', '450 4.1.1 Unverified address'],
      ['data', '503 5.5.1 Bad sequence of commands'],
    ],
  },
  {
    cause: 'refused',
    code: /^5/,
    examples: [
      ['final_dot', '554 5.7.1 Message refused'],
      ['final_dot', '554 Transaction failed'],
      ['rcpt', '550 5.7.1 Refused by policy'],
    ],
  },
];
