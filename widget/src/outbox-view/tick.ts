import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Renders its host again so that countdowns move: every second while one is within its last minute. */
export class Tick implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #isClose: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, isClose: () => boolean) {
    this.#host = host;
    this.#isClose = isClose;
    host.addController(this);
  }

  hostUpdated(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#host.requestUpdate(), this.#isClose() ? 1000 : 20_000);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}
