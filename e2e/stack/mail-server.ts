import type { ConnectorDraft } from '@portal-outbox/contracts';
import { startSmtpSink, type SmtpSink } from './smtp-sink.ts';
import { StartProblem } from './start-problem.ts';

/** How a connector reaches the mail server; spread it into a `ConnectorDraft`. */
export type MailServerAddress = Pick<ConnectorDraft, 'host' | 'port' | 'security' | 'username' | 'password'>;

export interface MailServer {
  address: MailServerAddress;
  /** `null` when `SMTP_URL` names a server of somebody else: it can neither be asked nor told anything. */
  sink: SmtpSink | null;
}

/** The server that `SMTP_URL` names, else a sink of our own. */
export async function findMailServer(): Promise<MailServer> {
  const named = process.env['SMTP_URL'];
  if (named !== undefined && named !== '') return { address: readSmtpUrl(named), sink: null };
  const sink = await startSmtpSink();
  return {
    address: {
      host: sink.host,
      port: sink.port,
      security: 'opportunistic',
      username: 'outbox',
      password: 'any password will do',
    },
    sink,
  };
}

/** `smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465` (TLS from the first byte). */
export function readSmtpUrl(text: string): MailServerAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') {
    throw new StartProblem(
      'SMTP_URL is not one. Example: SMTP_URL=smtp://user:password@mail.example.com:587',
    );
  }
  const tls = url.protocol === 'smtps:';
  return {
    host: url.hostname,
    port: url.port === '' ? (tls ? 465 : 587) : Number(url.port),
    security: tls ? 'tls' : 'opportunistic',
    username: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
  };
}
