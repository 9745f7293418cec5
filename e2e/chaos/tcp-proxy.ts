import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Target {
  host: string;
  port: number;
}

type Mode = 'forward' | 'blackhole';
interface Pair {
  client: Socket;
  upstream: Socket | null;
  /** Cut as soon as the first byte of the answer comes. */
  losesAnswer: boolean;
}

/**
 * Stands between a client and its servers: as a load balancer (turns round its targets, passes over those that do not
 * listen), as a network that breaks (bytes stop moving, nobody is told), and as one that loses an answer.
 */
export class TcpProxy {
  readonly host = '127.0.0.1';
  readonly #targets: readonly Target[];
  readonly #pairs = new Set<Pair>();
  readonly #server: Server;
  #mode: Mode = 'forward';
  #turn = 0;
  #lose: { request: string; done: () => void } | null = null;

  private constructor(targets: readonly Target[]) {
    this.#targets = targets;
    this.#server = createServer({ noDelay: true }, (client) => this.#accept(client));
  }

  /** `targets` may be filled later, before the first client comes. Without `port` a free one is taken. */
  static async start(targets: readonly Target[], port = 0): Promise<TcpProxy> {
    const proxy = new TcpProxy(targets);
    await new Promise<void>((resolve) => proxy.#server.listen(port, proxy.host, resolve));
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** From now on no byte passes either way and nobody is told: a network partition. */
  blackhole(): void {
    this.#mode = 'blackhole';
    for (const { client, upstream } of this.#pairs) {
      client.pause();
      upstream?.pause();
    }
  }

  /** Ends the partition; bytes that waited arrive late, or, with `cut`, the old connections are found to be dead. */
  heal(cut: boolean): void {
    this.#mode = 'forward';
    for (const pair of this.#pairs) {
      if (cut || pair.upstream === null) this.#end(pair);
      else {
        pair.client.resume();
        pair.upstream.resume();
      }
    }
  }

  /** The next request that starts with `request` is passed on and its answer thrown away. Resolves when it was. */
  loseAnswer(request: string): Promise<void> {
    return new Promise((done) => (this.#lose = { request, done }));
  }

  stopLosing(): void {
    this.#lose?.done();
    this.#lose = null;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) this.#end(pair);
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(client: Socket): void {
    const pair: Pair = { client, upstream: null, losesAnswer: false };
    this.#pairs.add(pair);
    client.on('error', () => this.#end(pair));
    client.on('close', () => this.#end(pair));
    client.pause();
    // Behind a partition the connection stands and nothing comes of it.
    if (this.#mode === 'forward') this.#reach(pair, this.#targets.length);
  }

  #reach(pair: Pair, left: number): void {
    const target = this.#targets[this.#turn++ % this.#targets.length];
    if (target === undefined || left === 0) return this.#end(pair);
    const upstream = connect({ ...target, noDelay: true });
    upstream.once('connect', () => this.#join(pair, upstream));
    upstream.once('error', () => {
      if (pair.upstream === null && !pair.client.destroyed) this.#reach(pair, left - 1);
    });
  }

  #join(pair: Pair, upstream: Socket): void {
    pair.upstream = upstream;
    upstream.on('error', () => this.#end(pair));
    upstream.on('close', () => this.#end(pair));
    pair.client.on('data', (chunk: Buffer) => {
      if (
        this.#lose !== null &&
        chunk.subarray(0, this.#lose.request.length).toString() === this.#lose.request
      ) {
        pair.losesAnswer = true;
        this.#lose.done();
        this.#lose = null;
      }
      pass(chunk, pair.client, upstream);
    });
    upstream.on('data', (chunk: Buffer) => {
      if (pair.losesAnswer) this.#end(pair);
      else pass(chunk, upstream, pair.client);
    });
    if (this.#mode === 'forward') pair.client.resume();
    else upstream.pause();
  }

  #end(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.destroy();
    pair.upstream?.destroy();
  }
}

function pass(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
