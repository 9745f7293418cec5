import type { OutboxEmail } from '@portal-outbox/contracts';
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

/** Whether an attempt is less than a minute away, or has just been. `now` in ms. */
export function hasCloseCountdown(rows: readonly { email: OutboxEmail }[], now: number): boolean {
  return rows.some(({ email }) => {
    const left = email.nextAttemptAt === null ? Infinity : Date.parse(email.nextAttemptAt) - now;
    return left > -2000 && left < 61_000;
  });
}
