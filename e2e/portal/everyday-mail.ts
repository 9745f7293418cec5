import type { SmtpSink } from '../stack/smtp-sink.ts';
import type { BackEnd } from './back-end.ts';
import { everydayLetter } from './seed/letters-everyday.ts';
import { submitLetter, type ConnectorIds } from './submit-letter.ts';

/** The first one comes soon after the first visit, the others in a steady trickle, until there have been enough. */
const firstSeconds = 4;
const everySeconds = 12;
const mostEmails = 200;

/** The demo's people at work: an ordinary email every now and then, so that the page lives. */
export class EverydayMail {
  private readonly backEnd: BackEnd;
  private readonly connectors: ConnectorIds;
  private readonly sink: SmtpSink;
  private timer: NodeJS.Timeout | null = null;
  private turn = 0;
  private stopped = false;

  constructor(backEnd: BackEnd, connectors: ConnectorIds, sink: SmtpSink) {
    this.backEnd = backEnd;
    this.connectors = connectors;
    this.sink = sink;
  }

  /** Begins with the first visit, so that a visitor finds the page as it was seeded. Again is harmless. */
  begin(): void {
    if (!this.timer) this.plan(firstSeconds);
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private plan(seconds: number): void {
    if (this.stopped || this.turn >= mostEmails) return;
    this.timer = setTimeout(() => void this.write(), seconds * 1000);
  }

  private async write(): Promise<void> {
    const letter = everydayLetter(this.turn);
    this.turn += 1;
    // The service may be stopped just now: the next email comes in its time.
    await submitLetter(this.backEnd(), this.connectors, this.sink, letter).catch(() => undefined);
    this.plan(everySeconds);
  }
}
