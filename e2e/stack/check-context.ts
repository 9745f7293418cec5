import { randomBytes } from 'node:crypto';
import type { AttemptRecord, OutboxEmail } from '@portal-outbox/contracts';
import type { Browser, Page } from 'playwright-core';
import { people, visitors } from '../portal/seed/people.ts';
import { eventually } from './eventually.ts';
import { portalClient, ServiceProblem, type EmailDraft, type PortalClient } from './portal-client.ts';
import type { ReceivedMessage } from './received-message.ts';
import type { SmtpSink } from './smtp-sink.ts';
import type { Stack } from './stack.ts';
import type { LoggedAttempt } from './worker-log.ts';

/** What the steps of the check share: the parts, two callers, and ways to look. */
export class CheckContext {
  readonly stack: Stack;
  readonly portalUrl: string;
  /** The portal's back end, with the administrator's rights. */
  readonly backEnd: PortalClient;
  /** The person who is signed in when the address is opened. */
  readonly leader: PortalClient;
  /** Emails that were cancelled, to be sure of at the very end. */
  readonly cancelled: { address: string; dueAt: number }[] = [];
  private readonly browser: Browser;
  private readonly run = randomBytes(3).toString('hex');
  private connector: string | undefined;
  private openPage: Promise<Page> | undefined;

  constructor(stack: Stack, portalUrl: string, browser: Browser) {
    this.stack = stack;
    this.portalUrl = portalUrl;
    this.browser = browser;
    const leader = people.find((person) => person.id === visitors[0].personId)!;
    this.leader = portalClient(stack.serviceUrl, stack.portal, { id: leader.id, name: leader.name });
    this.backEnd = portalClient(stack.serviceUrl, stack.portal, {
      id: 'check',
      name: 'Check',
      roles: ['portal', 'administrator'],
    });
  }

  get sink(): SmtpSink {
    if (this.stack.sink === null) throw new Error('This step needs a mail server of our own.');
    return this.stack.sink;
  }

  /** An address that no earlier run has used; the mail server's rules read its first word. */
  address(localPart: string): string {
    return `${localPart}.${this.run}@check.example`;
  }

  async connectorId(): Promise<string> {
    if (this.connector === undefined) {
      const enabled = (await this.backEnd.connectors()).find((it) => it.enabled);
      if (!enabled) throw new Error('No connector is enabled.');
      this.connector = enabled.id;
    }
    return this.connector;
  }

  /** Submits one email of the leader's; returns its id. */
  async submit(to: string, subject: string, more: Partial<EmailDraft> = {}): Promise<string> {
    const [id] = await this.backEnd.submit([
      {
        connectorId: await this.connectorId(),
        authorId: this.leader.user.id,
        from: { name: this.leader.user.name, address: `${this.leader.user.id}@meridian.example` },
        to: [{ address: to }],
        subject,
        text: 'Sent by npm run demo -- --check\n',
        ...more,
      },
    ]);
    return id!;
  }

  async attempt(
    emailId: string,
    what: string,
    found: (attempt: AttemptRecord) => boolean,
  ): Promise<AttemptRecord> {
    return eventually(what, async () => (await this.leader.attempts(emailId)).find(found));
  }

  /** The attempt that succeeded, as its worker logged it; the email has left the outbox by then. */
  async sent(emailId: string): Promise<LoggedAttempt> {
    return eventually('a worker to report success', () =>
      this.stack.workerLog.of(emailId).find((it) => it.result === 'accepted'),
    );
  }

  /** The row once it is as asked. */
  async row(
    emailId: string,
    what: string,
    found: (email: OutboxEmail) => boolean,
    seconds = 20,
  ): Promise<OutboxEmail> {
    return eventually(
      what,
      async () => {
        const { email } = await this.leader.detail(emailId);
        return found(email) ? email : undefined;
      },
      seconds,
    );
  }

  /** The messages that the mail server took for this address, once there is one and its answer is given. */
  async accepted(address: string, seconds = 20): Promise<ReceivedMessage> {
    return eventually(
      `the mail server to take a message for ${address}`,
      () => this.takenFor(address).find((it) => it.reply !== null),
      seconds,
    );
  }

  takenFor(address: string): ReceivedMessage[] {
    return this.sink.messages.filter((it) => it.accepted && it.envelope.to.includes(address));
  }

  /** How often the mail server was told this recipient. */
  triesFor(address: string): number {
    return this.sink.log.filter((it) => it.type === 'rcpt' && it.recipient === address).length;
  }

  /** The portal's Outbox page, opened once. */
  page(): Promise<Page> {
    this.openPage ??= this.open();
    return this.openPage;
  }

  private async open(): Promise<Page> {
    const page = await this.browser.newPage({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    await page.goto(this.portalUrl);
    await page.locator('[data-email-id]').first().waitFor();
    return page;
  }
}

/** The code of the problem that a call ends with; throws when it does not end with one. */
export async function problemCode(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ServiceProblem) return error.problem.code;
    throw error;
  }
  throw new Error('It was allowed, and should have been refused.');
}
