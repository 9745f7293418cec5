import { createTransport } from 'nodemailer';
import { monotonicMs } from './monotonic-ms.ts';
import { serveParent } from './serve-parent.ts';

/** nodemailer's pool alone: the limit, since nothing is kept and nobody asks over HTTP. */

export interface PoolLoad {
  port: number;
  connections: number;
  batch: string;
  count: number;
  text: string;
}

export type NodemailerPoolMethods = typeof methods;

const methods = {
  /** Hands all emails to the pool at once; returns when the first was handed over. Resolves when all are sent. */
  sendAll: async ({ port, connections, batch, count, text }: PoolLoad): Promise<number> => {
    const transport = createTransport({
      host: '127.0.0.1',
      port,
      secure: false,
      ignoreTLS: true,
      pool: true,
      maxConnections: connections,
      maxMessages: Infinity,
    });
    const firstMs = monotonicMs();
    await Promise.all(
      Array.from({ length: count }, (_, number) =>
        transport.sendMail({
          from: { name: 'Ada', address: 'ada@portal.test' },
          to: `${batch}-${number}@bench.test`,
          subject: `Your order ${number}`,
          text,
        }),
      ),
    );
    transport.close();
    return firstMs;
  },
};

serveParent(methods);
