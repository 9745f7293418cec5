import type { ConnectorSettings } from '@portal-outbox/contracts';
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection';

/** What nodemailer needs to know of a connector. Its own time limits are set out of the way: see `phase-limits.ts`. */
export function smtpOptions(settings: ConnectorSettings): SMTPConnectionOptions {
  return {
    host: settings.host,
    port: settings.port,
    connectionTimeout: 5 * 60_000,
    greetingTimeout: 5 * 60_000,
    socketTimeout: 15 * 60_000,
    dnsTimeout: 30_000,
    // Closing destroys the socket: a half-written message must not be followed by anything.
    socketCloseTimeout: 0,
    maxResponseSize: 64 * 1024,
    ...securityOptions[settings.security],
  };
}

const securityOptions = {
  none: { secure: false, ignoreTLS: true },
  // RFC 7435: encrypted against listeners, not against impostors.
  opportunistic: { secure: false, opportunisticTLS: true, tls: { rejectUnauthorized: false } },
  starttls: { secure: false, requireTLS: true },
  tls: { secure: true },
} as const satisfies Record<ConnectorSettings['security'], SMTPConnectionOptions>;
