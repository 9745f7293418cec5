import { anyOf, during, type VerdictRule } from './verdict-rule.ts';

/** What is refused before MAIL FROM, or for want of a login or of encryption: the connector's trouble, never the email's. */
export const sessionRules: readonly VerdictRule[] = [
  {
    name: 'starttls-refused',
    cause: 'tls_failed',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.tls,
    examples: [
      ['tls', '454 4.7.0 TLS not available due to local problem'],
      ['tls', '502 5.5.1 Command not implemented'],
    ],
  },
  {
    name: 'encryption-demanded',
    cause: 'tls_failed',
    scope: 'connector',
    permanence: 'transient',
    phases: [...during.login, ...during.transaction],
    code: /^(523|53[048])$/,
    words: anyOf('starttls', 'encrypt', 'secure (channel|connection)', '\\btls\\b'),
    examples: [
      ['login', '538 5.7.11 Encryption required for requested authentication mechanism'],
      ['login', '530 5.7.0 Must issue a STARTTLS command first'],
      ['mail', '530 5.7.0 Must issue a STARTTLS command first. 5b1f17b1804b1-gsmtp'],
      ['mail', '523 5.7.10 Encryption Needed'],
    ],
  },
  {
    name: 'login-demanded',
    cause: 'login_required',
    scope: 'connector',
    permanence: 'transient',
    phases: during.transaction,
    code: /^53[05]$/,
    examples: [
      ['mail', '530 5.7.0 Authentication required'],
      [
        'mail',
        '530 5.7.57 Client not authenticated to send mail. [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]',
      ],
      ['rcpt', '530 Authentication required for relaying'],
      ['mail', '535 5.7.8 Authentication required'],
    ],
  },
  {
    name: 'login-demanded-in-words',
    cause: 'login_required',
    scope: 'connector',
    permanence: 'transient',
    phases: during.transaction,
    code: /^5(03|50|5[34])$/,
    words: anyOf(
      'smtp auth(entication)? (is )?required',
      '^\\d+ (\\S+ )?(smtp )?authentication (is )?(required|needed)',
      '\\bauth( command)? first\\b',
      'must (first )?(authenticate|log ?in)',
      'client (host rejected: )?(was )?not authenticated',
    ),
    // A closed distribution list asks for somebody of its own organisation; SPF and DKIM authenticate the sender's domain.
    unless: anyOf('resolver', 'restrict', '\\bgroup\\b', '\\b(spf|dkim|dmarc)\\b'),
    examples: [
      ['mail', '503 5.5.4 Error: send AUTH command first'],
      ['mail', '503 Error: need EHLO and AUTH first !'],
      ['rcpt', '550 SMTP AUTH is required for message submission on port 587'],
      ['mail', '550 5.7.1 Client was not authenticated'],
      ['mail', '554 5.7.1 Authentication required'],
    ],
  },

  // Logging in.
  {
    // XOAUTH2 tells why in base64 and JSON, and refuses only at the next line.
    name: 'token-challenge',
    cause: 'token_expired',
    scope: 'connector',
    permanence: 'transient',
    phases: during.login,
    code: /^334$/,
    examples: [
      [
        'login',
        '334 eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIG1hYyIsInNjb3BlIjoiaHR0cHM6Ly9tYWlsLmdvb2dsZS5jb20vIn0K',
      ],
      [
        'login',
        '334 eyJzdGF0dXMiOiI0MDAiLCJzY2hlbWVzIjoiQmVhcmVyIiwic2NvcGUiOiJodHRwczovL21haWwuZ29vZ2xlLmNvbS8ifQ==',
      ],
    ],
  },
  {
    name: 'token-expired',
    cause: 'token_expired',
    scope: 'connector',
    permanence: 'transient',
    phases: during.login,
    words: anyOf(
      '\\btokens?\\b.{0,60}(expired|invalid|revoked|not valid|rejected)',
      '(expired|invalid|revoked)[ _](access |refresh |bearer |oauth2? )?token',
      // Entra ID: tokens and consents that ran out. Wrong passwords are AADSTS50126, 50055, 50056.
      'AADSTS(7000(8|82|84|81|03)|70043|50173|50078|500133|500011|65001)\\b',
      '\\binvalid_grant\\b',
    ),
    examples: [
      [
        'login',
        '535 5.7.3 Authentication unsuccessful: token expired [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]',
      ],
      [
        'login',
        '535 5.7.139 Authentication unsuccessful, AADSTS700082: The refresh token has expired due to inactivity.',
      ],
      ['login', '535 5.7.139 Authentication unsuccessful, AADSTS70008: The provided grant has expired'],
      ['login', '535-5.7.8 Invalid token\n535 5.7.8 See https://support.example'],
      ['login', '454 4.7.0 OAuth access token is invalid'],
    ],
  },
  {
    name: 'login-too-many-connections',
    cause: 'rate_limited',
    scope: 'connector',
    permanence: 'transient',
    phases: during.login,
    words: anyOf(
      'too many .{0,20}(connections|sessions)',
      'concurrent',
      'connection (rate|limit)',
      'thread limit',
      'maximum credits',
    ),
    examples: [
      ['login', '421 4.3.2 Too many concurrent connections'],
      ['login', '432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending'],
      ['login', '451 Authentication failed: Maximum credits exceeded'],
    ],
  },
  {
    // A server that cannot reach its own user database says 535 as well: not a reason to switch a connector off.
    name: 'login-unavailable-in-words',
    cause: 'login_unavailable',
    scope: 'connector',
    permanence: 'transient',
    phases: during.login,
    words: anyOf(
      'temporar',
      'try again later',
      'too many',
      'connection lost',
      '(internal|server|system) error',
      '(currently|service|is) unavailable',
      'not available',
      'timed? ?out',
    ),
    examples: [
      ['login', '454 4.7.0 Temporary authentication failure'],
      ['login', '454 4.7.0 Too many login attempts, please try again later.'],
      ['login', '421 4.7.0 Too many login attempts'],
      ['login', '535 5.7.8 Error: authentication failed: Connection lost to authentication server'],
      ['login', '535 5.7.0 (#AUTH005) Too many bad auth attempts.'],
      ['login', '535 Temporary authentication failure'],
      ['login', '451 4.7.0 Temporary server error. Please try again later. PRX2'],
    ],
  },
  {
    name: 'login-unavailable',
    cause: 'login_unavailable',
    scope: 'connector',
    permanence: 'transient',
    phases: during.login,
    code: /^(4\d\d|50[0234])$/,
    examples: [
      ['login', '454 4.3.0 No'],
      ['login', '503 5.5.1 AUTH not allowed now'],
      ['login', '504 5.5.4 Unrecognized authentication type'],
    ],
  },
  {
    name: 'login-refused',
    cause: 'login_refused',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.login,
    code: /^5/,
    examples: [
      [
        'login',
        '535 5.7.8 Username and Password not accepted. For more information, go to https://support.google.com',
      ],
      ['login', '535 5.7.3 Authentication unsuccessful [AM0PR01CA0001.eurprd01.prod.exchangelabs.com]'],
      [
        'login',
        '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
      ],
      ['login', '535 5.7.139 Authentication unsuccessful, AADSTS50126: Error validating credentials'],
      ['login', '535 Authentication Credentials Invalid'],
      ['login', '535 5.7.8 Error: authentication failed: authentication failure'],
      [
        'login',
        '535 Authentication failed: The provided authorization grant is invalid, expired, or revoked',
      ],
      ['login', '534-5.7.9 Application-specific password required.\n534 5.7.9 See https://support.example'],
      ['login', '534-5.7.14 Please log in via your web browser and then try again.\n534 5.7.14 Learn more'],
      ['login', '550 Authentication failed'],
    ],
  },

  // The greeting, and the answer to EHLO.
  {
    name: 'opening-rate-limited',
    cause: 'rate_limited',
    scope: 'connector',
    permanence: 'transient',
    phases: during.opening,
    words: anyOf('too many', '\\brate\\b', 'throttl', 'slow down', 'connection limit', 'trop de connexions'),
    examples: [
      ['greeting', '421 4.7.0 mx.example Too many connections from your address'],
      ['greeting', '421 Too many concurrent SMTP connections'],
      ['greeting', '421 mwinf5c04 ME Trop de connexions, veuillez verifier votre configuration. OFR004_104'],
      ['greeting', '421 Too many errors from your ip (192.0.2.1), please visit http://postmaster.free.fr/'],
      ['greeting', '421 4.7.0 [TSS04] Connection rate limit exceeded'],
    ],
  },
  {
    name: 'opening-try-later',
    cause: 'try_later',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.opening,
    code: /^(4\d\d|503)$/,
    examples: [
      ['greeting', '421 mx.example Service not available, closing transmission channel'],
      ['greeting', '421 4.7.0 Try again later, closing connection. (EHLO)'],
    ],
  },
  {
    name: 'opening-refused',
    cause: 'blocked',
    scope: 'connector',
    permanence: 'by_class',
    phases: during.opening,
    code: /^5/,
    examples: [
      ['greeting', '554 5.7.1 mx.example No SMTP service here'],
      ['greeting', '550 Your address is listed'],
      [
        'greeting',
        '554-gmx.net (mxgmx016) Nemesis ESMTP Service not available\n554-No SMTP service\n554 IP address is black listed.',
      ],
      [
        'greeting',
        '554 IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to clarify.) (BL)',
      ],
    ],
  },
];
