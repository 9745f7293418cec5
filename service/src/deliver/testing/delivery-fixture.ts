import { createHash, randomUUID } from 'node:crypto';
import type {
  AttemptOutcome,
  ClaimReply,
  ClaimRequest,
  ClaimedContent,
  ClaimedMessage,
  ConnectorSettings,
  CredentialsReply,
  SendAttempt,
} from '@portal-outbox/contracts';
import { ConnectionPool } from '../connection-pool.ts';
import { deliverAttempt } from '../deliver-attempt.ts';
import { LoginGate } from '../login-gate.ts';
import { phaseLimitsMs, type PhaseLimits } from '../phase-limits.ts';

export const connectorId = '5b0c6f0e-6a63-4f0b-9a53-0d1c1f6d6a11';

export function settingsFor(port: number, changes: Partial<ConnectorSettings> = {}): ConnectorSettings {
  return {
    connectorId,
    revision: 7,
    enabled: true,
    host: '127.0.0.1',
    port,
    security: 'opportunistic',
    login: false,
    maxConnections: 2,
    messagesPerConnection: 100,
    ...changes,
  };
}

export function sendAttempt(changes: Partial<SendAttempt> = {}): SendAttempt {
  return {
    attemptId: randomUUID(),
    attemptNo: 1,
    emailId: '0d8f2f5e-6d5f-4c62-9a0f-0f6a3f1f2b01',
    connectorId,
    nonce: 'e1c7a2a4-6f0b-4a7e-8f0f-3f2b9c1d5a10',
    envelope: { from: 'sales@portal.example', to: ['ann@customer.example'] },
    size: 4096,
    ...changes,
  };
}

export function inline(bytes: Buffer | string): ClaimedContent {
  const buffer = Buffer.from(bytes);
  return { ...identityOf(buffer), source: { kind: 'inline', base64: buffer.toString('base64') } };
}

export function atUrl(bytes: Buffer, url: string): ClaimedContent {
  return { ...identityOf(bytes), source: { kind: 'url', url } };
}

function identityOf(bytes: Buffer): { size: number; sha256: string } {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

export function claimedMessage(changes: Partial<ClaimedMessage> = {}): ClaimedMessage {
  return {
    messageId: '<0d8f2f5e@portal.example>',
    date: '2026-11-12T14:05:00.000Z',
    from: { name: 'Sales', address: 'sales@portal.example' },
    replyTo: null,
    to: [{ name: 'Ann', address: 'ann@customer.example' }],
    cc: [],
    subject: 'Your order',
    importance: 'normal',
    inReplyTo: null,
    references: [],
    text: inline('Hello Ann\n.\nBye'),
    html: null,
    attachments: [],
    ...changes,
  };
}

export const granted = (message = claimedMessage(), leaseSeconds = 60): ClaimReply => ({
  granted: true,
  leaseSeconds,
  message,
});

/** A worker's inside for one connector, with everything beyond the mail server in the test's hands. */
export class Delivery {
  readonly claims: ClaimRequest[] = [];
  readonly settings: ConnectorSettings;
  readonly pool: ConnectionPool;
  readonly abandon = new AbortController();
  readonly cut = new AbortController();
  claim: (request: ClaimRequest) => ClaimReply | null | Promise<ClaimReply | null> = () => granted();
  credentials: CredentialsReply | null = { kind: 'password', username: 'sales', password: 'secret' };
  credentialsAsked = 0;
  readonly gate: LoginGate;

  constructor(settings: ConnectorSettings, limits: Partial<PhaseLimits> = {}) {
    this.settings = settings;
    this.gate = new LoginGate(() => {
      this.credentialsAsked += 1;
      return Promise.resolve(this.credentials);
    });
    this.pool = new ConnectionPool(settings, this.gate, { ...phaseLimitsMs, ...limits });
  }

  /** `null`: let go. */
  tryTo(attempt: SendAttempt): Promise<AttemptOutcome | null> {
    return deliverAttempt(attempt, {
      settings: this.settings,
      workerId: '7c1b9a52-3f0e-4c62-8b7e-2d3c4e5f6a71',
      pool: this.pool,
      claim: async (request) => {
        this.claims.push(request);
        return await this.claim(request);
      },
      abandon: this.abandon.signal,
      cut: this.cut.signal,
    });
  }

  async send(changes: Partial<SendAttempt> = {}): Promise<AttemptOutcome> {
    const outcome = await this.tryTo(sendAttempt(changes));
    if (!outcome) throw new Error('the attempt was let go');
    return outcome;
  }
}
