import type { NodemailerPoolMethods } from '../programs/nodemailer-pool.ts';
import { startProgram } from '../programs/start-program.ts';
import type { Contender } from './contender.ts';
import type { MailTarget } from './mail-target.ts';

/** nodemailer's pool alone, in a process of its own. */
export async function startPool(target: MailTarget, connections: number): Promise<Contender> {
  const program = await startProgram<NodemailerPoolMethods>('nodemailer-pool');
  return {
    name: 'pool',
    send: async ({ count, text }) => {
      const batch = await target.expect(count);
      const { port } = target;
      const firstMs = await program.call('sendAll', { port, connections, batch, count, text });
      const { lastMs } = await target.received(batch, text.length);
      return { milliseconds: lastMs - firstMs };
    },
    processName: (pid) => (pid === program.pid ? 'nodemailer pool' : undefined),
    stop: () => program.stop(),
  };
}
