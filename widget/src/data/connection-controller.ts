import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { currentConnection, isSame, watchConnection } from './connect.ts';
import { Connection, type ConnectionListener } from './connection.ts';
import type { GetToken } from './token-source.ts';

export interface ConnectedHost extends ReactiveControllerHost, HTMLElement {
  /** Attribute `service-url`; empty means the page's connection. */
  serviceUrl: string;
  getToken: GetToken | null;
}

/** Gives an element its connection: one of its own where it names a service, else the page's. */
export class ConnectionController implements ReactiveController {
  readonly #host: ConnectedHost;
  readonly #listener: ConnectionListener;
  readonly #onConnection: (connection: Connection | null) => void;
  #own: Connection | null = null;
  #attached: Connection | null = null;
  #detach: (() => void) | null = null;
  #unwatch: (() => void) | null = null;

  /** `onConnection` is called whenever the connection becomes another one or none. */
  constructor(
    host: ConnectedHost,
    listener: ConnectionListener,
    onConnection: (connection: Connection | null) => void,
  ) {
    this.#host = host;
    this.#listener = listener;
    this.#onConnection = onConnection;
    host.addController(this);
  }

  get connection(): Connection | null {
    return this.#attached;
  }

  hostConnected(): void {
    this.#unwatch = watchConnection(() => this.#attach());
    this.#attach();
  }

  hostUpdate(): void {
    this.#attach();
  }

  hostDisconnected(): void {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#own?.close();
    this.#own = null;
    this.#use(null);
  }

  #attach(): void {
    if (this.#host.isConnected) this.#use(this.#wanted());
  }

  #wanted(): Connection | null {
    const { serviceUrl, getToken } = this.#host;
    const options = getToken ? { serviceUrl, getToken } : null;
    if (this.#own && !(options && isSame(this.#own.options, options))) {
      this.#own.close();
      this.#own = null;
    }
    if (options) this.#own ??= new Connection(options);
    return this.#own ?? currentConnection();
  }

  #use(connection: Connection | null): void {
    if (connection === this.#attached) return;
    this.#detach?.();
    this.#attached = connection;
    this.#detach = connection ? connection.listen(this.#listener) : null;
    this.#onConnection(connection);
    this.#host.requestUpdate();
  }
}
