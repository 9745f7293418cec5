import type { CredentialsReply } from '@portal-outbox/contracts';
import { judgeReply } from './judge-reply.ts';
import type { SmtpFault, SmtpSession } from './smtp-session.ts';

/** The service did not say with what to log in. */
export const noCredentials = 'no_credentials';

/**
 * One login at a time, and none after a refused one: repeating wrong credentials locks accounts. A new revision of
 * the connector gets a new gate.
 */
export class LoginGate {
  readonly #askForCredentials: () => Promise<CredentialsReply | null>;
  #refusal: SmtpFault | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(askForCredentials: () => Promise<CredentialsReply | null>) {
    this.#askForCredentials = askForCredentials;
  }

  get closed(): boolean {
    return this.#refusal !== null;
  }

  /** `null`: logged in, or no login wanted. After a refusal everybody gets that same refusal. */
  login(session: SmtpSession): Promise<SmtpFault | typeof noCredentials | null> {
    const turn = this.#turn.then(() => this.#loginInTurn(session));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #loginInTurn(session: SmtpSession): Promise<SmtpFault | typeof noCredentials | null> {
    if (this.#refusal) return this.#refusal;
    const credentials = await this.#askForCredentials();
    if (credentials === null) return noCredentials;
    if (credentials.kind === 'none') return null;
    const fault = await session.login(credentials.username, credentials.password);
    const verdict = fault?.reply ? judgeReply('login', fault.reply) : null;
    if (verdict?.cause === 'login_refused') this.#refusal = fault;
    return fault;
  }
}
