import { once } from 'node:events';
import type { CheckContext } from './check-context.ts';
import { problemCode } from './check-context.ts';
import type { CheckStep } from './check.ts';
import { eventually } from './eventually.ts';

/** What goes wrong in real life: no server, a wrong password, a worker that dies. */
export const switchSteps: readonly CheckStep[] = [
  {
    title: 'Mail server down and up again',
    needsSink: true,
    run: async (context) => {
      const address = context.address('patient');
      await context.sink.down();
      const id = await context.submit(address, 'While the mail server is away');
      await eventually('the connector to be paused', async () =>
        (await connector(context)).pausedUntil === null ? undefined : true,
      );
      const waiting = (await context.leader.detail(id)).email;
      if (waiting.status !== 'queued') throw new Error(`It should wait as queued, and is ${waiting.status}.`);
      await context.sink.up();
      const message = await context.accepted(address, 60);
      const tries = context.triesFor(address);
      if (tries !== 1) throw new Error(`Expected one try at the mail server, saw ${tries}.`);
      return [
        'down: the connector is paused, the email waits as Queued without using up an attempt',
        `up: found by a probe, "${message.reply}"`,
      ];
    },
  },
  {
    title: 'Login refused, corrected, connector enabled again',
    needsSink: true,
    run: async (context) => {
      const address = context.address('loyal');
      context.sink.refuseLogins(true);
      const id = await context.submit(address, 'While the password is wrong');
      const row = await context.row(id, 'Connector Disabled', (it) => it.status === 'connector_disabled', 60);
      const { troubleReply } = await connector(context);
      context.sink.refuseLogins(false);
      await context.backEnd.enableConnector(await context.connectorId(), 'release');
      const message = await context.accepted(address, 60);
      return [
        `refused: ${row.connector.name} switched itself off ("${troubleReply}"); the email shows Connector Disabled`,
        `enabled again by an administrator: "${message.reply}"`,
      ];
    },
  },
  {
    title: 'A worker killed between the final dot and the answer: may have been sent',
    needsSink: true,
    run: async (context) => {
      const address = context.address('slow');
      const received = once(context.sink, 'received');
      const id = await context.submit(address, 'Handed over, never heard back');
      await received;
      await Promise.all(context.stack.workers.map((worker) => worker.kill('SIGKILL')));
      const row = await context.row(id, 'may have been sent', (it) => it.mayHaveBeenSent, 60);
      await Promise.all(context.stack.workers.map((worker) => worker.restart()));
      const code = await problemCode(context.leader.retry(id));
      const count = context.takenFor(address).length;
      if (count !== 1) throw new Error(`The mail server took it ${count} times.`);
      return [
        `workers killed with the message handed over: ${row.status}, "may have been sent", never retried by itself`,
        `Retry without consent is refused (${code}); the mail server has it once`,
      ];
    },
  },
  {
    title: 'The cancelled email never reached the mail server',
    needsSink: true,
    run: async (context) => {
      for (const { address, dueAt } of context.cancelled) {
        await eventually('its time to pass', () => (Date.now() > dueAt + 2000 ? true : undefined), 30);
        if (context.triesFor(address) > 0) throw new Error(`The mail server was told ${address}.`);
      }
      return [`its time passed ${secondsSince(context)} s ago; the mail server never heard its address`];
    },
  },
  {
    title: 'Nothing twice',
    needsSink: true,
    run: async (context) => {
      const counts = [...context.sink.acceptedCounts()];
      const twice = counts.filter(([, count]) => count > 1).map(([messageId]) => messageId);
      if (twice.length > 0) throw new Error(`Taken more than once: ${twice.join(', ')}`);
      return [`${counts.length} messages accepted by the mail server, each exactly once`];
    },
  },
];

async function connector(context: CheckContext) {
  const id = await context.connectorId();
  const found = (await context.backEnd.connectors()).find((it) => it.id === id);
  if (!found) throw new Error('The connector is gone.');
  return found;
}

function secondsSince(context: CheckContext): number {
  const last = Math.max(...context.cancelled.map((it) => it.dueAt));
  return Math.round((Date.now() - last) / 1000);
}
