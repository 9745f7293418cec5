import { createHash, randomBytes } from 'node:crypto';
import type { CheckStep } from './check.ts';

/** Seconds until the email that is cancelled would have left. */
const cancelledDueSeconds = 5;

/** From the portal's back end to the mail server. */
export const deliverySteps: readonly CheckStep[] = [
  {
    title: 'Submitted, claimed by a worker, accepted by the mail server',
    needsSink: true,
    run: async (context) => {
      const bytes = randomBytes(400_000);
      const upload = await context.backEnd.uploadAttachment(bytes);
      const address = context.address('friend');
      const id = await context.submit(address, 'Offre signée – signed offer ✓', {
        html: '<p>Please find our <b>offer</b> attached.</p>',
        attachments: [{ id: upload.id, fileName: 'Offre signée.pdf', contentType: 'application/pdf' }],
      });
      const lines = [`submitted: email ${id} with an attachment of ${bytes.length} bytes`];

      const message = await context.accepted(address);
      const attempt = await context.sent(id);
      lines.push(`claimed: by ${attempt.worker}, attempt ${context.stack.workerLog.of(id).length}`);
      lines.push(
        `accepted: "${message.reply}" after ${attempt.durationMs} ms, Message-ID ${message.messageId}`,
      );

      const arrived = message.attachments[0];
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (arrived?.sha256 !== sha256) throw new Error('The attachment arrived changed.');
      if (message.text.trim() === '' || message.html === '') throw new Error('Text or HTML is missing.');
      const count = context.sink.acceptedCount(message.messageId);
      if (count !== 1) throw new Error(`The mail server took it ${count} times.`);
      lines.push(`arrived once, text, HTML and attachment unchanged (SHA-256 ${sha256.slice(0, 12)}…)`);
      return lines;
    },
  },
  {
    title: 'Refused and retried by itself',
    needsSink: true,
    run: async (context) => {
      const address = context.address('greylist');
      const id = await context.submit(address, 'To a server that greylists');
      const first = await context.attempt(
        id,
        'the first attempt to be refused',
        (it) => it.result === 'deferred',
      );
      const message = await context.accepted(address);
      const second = await context.sent(id);
      const tries = context.triesFor(address);
      if (tries !== 2) throw new Error(`Expected two tries at the mail server, saw ${tries}.`);
      const seconds = (message.at.getTime() - Date.parse(first.startedAt)) / 1000;
      return [
        `attempt ${first.attemptNo}: refused with "${first.reply}"`,
        `attempt 2 by ${second.worker}, ${seconds.toFixed(1)} s later: "${message.reply}"`,
      ];
    },
  },
  {
    title: 'Cancelled before sending',
    needsSink: false,
    run: async (context) => {
      const address = context.address('regret');
      const dueAt = Date.now() + cancelledDueSeconds * 1000;
      const id = await context.submit(address, 'Written in anger', { sendAt: new Date(dueAt).toISOString() });
      const { email } = await context.leader.detail(id);
      if (email.status !== 'queued') throw new Error(`It should be queued, and is ${email.status}.`);
      const left = await context.leader.cancel(id);
      if (left !== null) throw new Error('It is still in the outbox.');
      context.cancelled.push({ address, dueAt });
      return [
        `due at ${new Date(dueAt).toISOString()}, cancelled now; the mail server is asked about it at the end`,
      ];
    },
  },
];
