import type { ConnectorSettings } from '@portal-outbox/contracts';
import type { LoginGate, noCredentials } from './login-gate.ts';
import { SmtpSession, type SmtpFault } from './smtp-session.ts';
import type { PhaseLimits } from './phase-limits.ts';

const idleMs = 30_000;

/** The SMTP connections of one connector in one revision: those in use and those that wait for the next message. */
export class ConnectionPool {
  readonly #settings: ConnectorSettings;
  readonly #gate: LoginGate;
  readonly #limits: PhaseLimits | undefined;
  readonly #open = new Set<SmtpSession>();
  readonly #idle = new Map<SmtpSession, NodeJS.Timeout>();
  #closed = false;

  constructor(settings: ConnectorSettings, gate: LoginGate, limits?: PhaseLimits) {
    this.#settings = settings;
    this.#gate = gate;
    this.#limits = limits;
  }

  /** Connections that are open or being opened. */
  get size(): number {
    return this.#open.size;
  }

  /** A connection that waits, the one used last; `null` where there is none. */
  takeIdle(): SmtpSession | null {
    const session = [...this.#idle.keys()].at(-1);
    if (!session) return null;
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
    return session;
  }

  /** Opens a connection and logs in. `onOpening` gets it before it is ready, so that it can be closed meanwhile. */
  async open(
    onOpening: (session: SmtpSession) => void,
  ): Promise<SmtpSession | SmtpFault | typeof noCredentials> {
    const session = new SmtpSession(this.#settings, (ended) => this.#forget(ended), this.#limits);
    this.#open.add(session);
    onOpening(session);
    const fault =
      (await session.connect()) ??
      (this.#settings.login && session.offersLogin ? await this.#gate.login(session) : null);
    if (!fault) return session;
    session.close();
    return fault;
  }

  /** Takes a connection back. One that has carried its share of messages says goodbye. */
  giveBack(session: SmtpSession): void {
    if (!session.alive) return;
    if (this.#closed || session.messages >= this.#settings.messagesPerConnection) {
      void session.quit();
      return;
    }
    this.#idle.set(
      session,
      setTimeout(() => {
        this.#idle.delete(session);
        void session.quit();
      }, idleMs),
    );
  }

  /** Says goodbye on what waits; what is in use follows when it is given back. */
  async close(): Promise<void> {
    this.#closed = true;
    const waiting = [...this.#idle.keys()];
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    await Promise.all(waiting.map((session) => session.quit()));
  }

  #forget(session: SmtpSession): void {
    this.#open.delete(session);
    clearTimeout(this.#idle.get(session));
    this.#idle.delete(session);
  }
}
