import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from 'vitest';
import { portalClient, type EmailDraft, type PortalClient } from '../stack/portal-client.ts';
import type { ReceivedMessage } from '../stack/received-message.ts';
import { projectFolder } from '../stack/service-process.ts';
import type { SmtpSink } from '../stack/smtp-sink.ts';
import { startStack, type Stack, type StackOptions } from '../stack/stack.ts';

/** A running product of one test file, with a connector to its mail server, its author and its back end. */
export interface GivenStack {
  stack: Stack;
  sink: SmtpSink;
  backEnd: PortalClient;
  author: PortalClient;
  connectorId: string;
  /** Submits one email of the author's; returns its id. */
  submit(to: string, more?: Partial<EmailDraft>): Promise<string>;
  /** What the mail server took for this address, the oldest first. */
  taken(address: string): ReceivedMessage[];
}

/** Starts the product (`built`: builds it first) before the tests of a file, stops it after them. Filled by then. */
export function givenStack(options: StackOptions = {}): GivenStack {
  const given = {} as GivenStack;
  beforeAll(async () => {
    if (options.built) await promisify(execFile)('npm', ['run', 'build'], { cwd: projectFolder });
    const stack = await startStack({ widget: false, probeSeconds: 1, leaseSeconds: 10, ...options });
    Object.assign(given, await prepare(stack));
  });
  afterAll(() => given.stack?.stop());
  return given;
}

async function prepare(stack: Stack): Promise<GivenStack> {
  const { sink } = stack;
  if (sink === null) throw new Error('End-to-end tests need the mail server of our own: unset SMTP_URL.');
  const caller = (id: string, roles: ('administrator' | 'portal')[]) =>
    portalClient(stack.serviceUrl, stack.portal, { id, name: id, roles });
  const backEnd = caller('back-end', ['portal', 'administrator']);
  const author = caller('ada', []);
  await backEnd.putUser('ada', { name: 'Ada' });
  await backEnd.changeSettings({ retryDelaysSeconds: [1, 1, 1] });
  const { id: connectorId } = await backEnd.createConnector({ name: 'Sales SMTP', ...stack.mailServer });
  await backEnd.enableConnector(connectorId);
  return {
    stack,
    sink,
    backEnd,
    author,
    connectorId,
    submit: async (to, more = {}) => {
      const [id] = await backEnd.submit([draft(connectorId, to, more)]);
      return id!;
    },
    taken: (address) => sink.messages.filter((it) => it.accepted && it.envelope.to.includes(address)),
  };
}

/** An ordinary email of the author's. */
export function draft(connectorId: string, to: string, more: Partial<EmailDraft> = {}): EmailDraft {
  return {
    connectorId,
    authorId: 'ada',
    from: { name: 'Ada', address: 'ada@portal.test' },
    to: [{ address: to }],
    subject: `To ${to}`,
    text: 'Hello\n',
    ...more,
  };
}
