import { smtpPhases, type DeliveryCause, type SmtpPhase } from '@portal-outbox/contracts';

/** How a connection that broke without a reply is understood, by the codes of the system, Node and nodemailer. */
export interface FaultRule {
  /** Unique; the verdict command prints it. */
  name: string;
  cause: DeliveryCause;
  phases: readonly SmtpPhase[];
  code: RegExp;
  examples: readonly (readonly [phase: SmtpPhase, code: string])[];
}

/**
 * The first that holds decides. What it means for the email depends on the phase alone: before MAIL FROM is answered it
 * is the connector's trouble, until the final dot the email is tried again, after it nobody knows.
 */
export const faultRules: readonly FaultRule[] = [
  {
    name: 'name-lookup-failed',
    cause: 'dns_failed',
    phases: smtpPhases,
    code: /^(EAI_AGAIN|ESERVFAIL|ECANCELLED|ETIMEOUT|EREFUSED)$/,
    examples: [
      ['connect', 'EAI_AGAIN'],
      ['connect', 'ETIMEOUT'],
      ['connect', 'ESERVFAIL'],
    ],
  },
  {
    name: 'name-unknown',
    cause: 'host_not_found',
    phases: smtpPhases,
    code: /^(EDNS|ENOTFOUND|ENODATA)$/,
    examples: [
      ['connect', 'ENOTFOUND'],
      ['connect', 'EDNS'],
    ],
  },
  {
    name: 'tls-failed',
    cause: 'tls_failed',
    phases: smtpPhases,
    code: /^(ETLS|EPROTO$|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL)/,
    examples: [
      ['tls', 'ETLS'],
      ['tls', 'EPROTO'],
      ['tls', 'CERT_HAS_EXPIRED'],
      ['tls', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      ['tls', 'SELF_SIGNED_CERT_IN_CHAIN'],
      ['tls', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
      ['connect', 'ERR_TLS_CERT_ALTNAME_INVALID'],
      ['connect', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ],
  },
  {
    name: 'connection-refused',
    cause: 'connection_refused',
    phases: smtpPhases,
    code: /^(ECONNREFUSED|EACCES)$/,
    examples: [['connect', 'ECONNREFUSED']],
  },
  {
    name: 'unreachable',
    cause: 'host_unreachable',
    phases: smtpPhases,
    code: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL)$/,
    examples: [
      ['connect', 'EHOSTUNREACH'],
      ['connect', 'ENETUNREACH'],
    ],
  },
  {
    name: 'timed-out-connecting',
    cause: 'connection_timed_out',
    phases: ['connect'],
    code: /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    examples: [['connect', 'ETIMEDOUT']],
  },
  {
    name: 'timed-out',
    cause: 'timed_out',
    phases: ['greeting', 'tls', 'login', 'mail', 'rcpt', 'data', 'body', 'final_dot'],
    code: /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/,
    examples: [
      ['greeting', 'ETIMEDOUT'],
      ['login', 'ETIMEDOUT'],
      ['mail', 'ETIMEDOUT'],
      ['rcpt', 'ETIMEDOUT'],
      ['data', 'ETIMEDOUT'],
      ['body', 'ETIMEDOUT'],
      ['final_dot', 'ETIMEDOUT'],
    ],
  },
  {
    name: 'reset',
    cause: 'connection_lost',
    phases: smtpPhases,
    code: /^(ECONNRESET|EPIPE|ECONNABORTED)$/,
    examples: [
      ['greeting', 'ECONNRESET'],
      ['rcpt', 'ECONNRESET'],
      ['body', 'EPIPE'],
    ],
  },
  {
    name: 'ended',
    cause: 'connection_lost',
    phases: smtpPhases,
    code: /^/,
    examples: [
      ['mail', 'ECONNECTION'],
      ['data', 'ESOCKET'],
      ['greeting', 'EPROTOCOL'],
      ['rcpt', 'closed'],
    ],
  },
];

/** The rule of a fault that came without a reply; `codes` with the most telling first. */
export function findFaultRule(phase: SmtpPhase, codes: readonly string[]): FaultRule | undefined {
  return faultRules.find((rule) => rule.phases.includes(phase) && codes.some((code) => rule.code.test(code)));
}

export function judgeFault(phase: SmtpPhase, codes: readonly string[]): DeliveryCause {
  return findFaultRule(phase, codes)?.cause ?? 'connection_lost';
}
