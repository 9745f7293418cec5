import type { DeliveryCause } from '@portal-outbox/contracts';

/** How a broken connection is understood, by the codes of the system, Node and nodemailer. The first that holds decides. */
export const faultRules: readonly { cause: DeliveryCause; code: RegExp; examples: readonly string[] }[] = [
  {
    cause: 'connection_refused',
    code: /^(EAI_AGAIN|ESERVFAIL|ECANCELLED|ETIMEOUT)$/,
    examples: ['EAI_AGAIN', 'ETIMEOUT'],
  },
  { cause: 'host_not_found', code: /^(EDNS|ENOTFOUND|ENODATA)$/, examples: ['ENOTFOUND', 'EDNS'] },
  {
    cause: 'tls_failed',
    code: /^(ETLS|EPROTO$|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|ERR_OSSL)/,
    examples: [
      'ETLS',
      'EPROTO',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ],
  },
  {
    cause: 'connection_refused',
    code: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES)$/,
    examples: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH'],
  },
  { cause: 'timed_out', code: /^(ETIMEDOUT|ESOCKETTIMEDOUT)$/, examples: ['ETIMEDOUT'] },
  {
    cause: 'connection_lost',
    code: /^/,
    examples: ['ECONNRESET', 'EPIPE', 'ECONNECTION', 'ESOCKET', 'EPROTOCOL', 'closed'],
  },
];

/** The cause of a fault that came without a reply; `codes` with the most telling first. */
export function judgeFault(codes: readonly string[]): DeliveryCause {
  for (const rule of faultRules) {
    if (codes.some((code) => rule.code.test(code))) return rule.cause;
  }
  return 'connection_lost';
}
