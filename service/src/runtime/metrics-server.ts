import { createServer, type Server } from 'node:http';
import type { Service } from './lifecycle.ts';
import { metrics } from './metrics.ts';

/** `/healthz` and `/metrics` of a process that serves nothing else. */
export class MetricsServer implements Service {
  readonly #port: number;
  #server: Server | null = null;

  constructor(port: number) {
    this.#port = port;
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      if (request.url === '/healthz') return response.end('ok');
      if (request.url !== '/metrics') return response.writeHead(404).end();
      return void metrics.metrics().then((text) => {
        response.setHeader('Content-Type', metrics.contentType);
        response.end(text);
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(this.#port, resolve);
    });
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  }
}
