import { EventEmitter } from 'node:events';
import type { Stack } from '../stack/stack.ts';
import type { BackEnd } from './back-end.ts';
import { MailServerLog, type MailServerEntry } from './mail-server-log.ts';

/** What the panel "Mail server" shows. */
export interface MailServerState {
  /** Newest first. */
  entries: readonly MailServerEntry[];
  taken: number;
  isDown: boolean;
  refusesLogins: boolean;
  workers: { running: number; all: number };
  /** Connectors that switched themselves off because their login was refused. */
  switchedOff: { id: string; name: string }[];
}

/** Seconds until a killed worker is started again. */
const restartSeconds = 5;
/** How often connectors are looked at, while somebody watches. */
const lookMilliseconds = 1500;

/** The switches beside the demo's Outbox, and what they have led to. Without a mail server of our own: only the workers. */
export class DemoControls extends EventEmitter<{ change: [] }> {
  private readonly stack: Stack;
  private readonly backEnd: BackEnd;
  private readonly log: MailServerLog | null;
  private refusesLogins = false;
  private switchedOff: MailServerState['switchedOff'] = [];
  private readonly restarts = new Map<object, NodeJS.Timeout>();
  private looking: NodeJS.Timeout | null = null;

  constructor(stack: Stack, backEnd: BackEnd) {
    super();
    this.setMaxListeners(0);
    this.stack = stack;
    this.backEnd = backEnd;
    this.log = stack.sink && new MailServerLog(stack.sink);
    this.log?.on('entry', () => this.emit('change'));
  }

  get state(): MailServerState {
    const { workers, sink } = this.stack;
    return {
      entries: this.log?.entries ?? [],
      taken: this.log?.taken ?? 0,
      isDown: sink !== null && !sink.isUp,
      refusesLogins: this.refusesLogins,
      workers: { running: workers.filter((worker) => worker.isRunning()).length, all: workers.length },
      switchedOff: this.switchedOff,
    };
  }

  async switchDown(down: boolean): Promise<void> {
    await (down ? this.stack.sink?.down() : this.stack.sink?.up());
    this.emit('change');
  }

  refuseLogins(refuse: boolean): void {
    this.refusesLogins = refuse;
    this.stack.sink?.refuseLogins(refuse);
    this.emit('change');
  }

  /** kill -9 one worker; it is back after 5 s. With none left to kill, all are started at once. */
  async killWorker(): Promise<void> {
    const running = this.stack.workers.filter((worker) => worker.isRunning());
    const victim = running[0];
    if (!victim) return this.restartWorkers();
    await victim.kill('SIGKILL');
    this.restarts.set(
      victim,
      setTimeout(() => void this.restartWorkers(), restartSeconds * 1000),
    );
    this.emit('change');
  }

  async enableConnector(id: string): Promise<void> {
    await this.backEnd().enableConnector(id, 'release');
    await this.look();
  }

  /** Keeps an eye on the connectors while somebody watches; call the result to stop. */
  watch(onChange: () => void): () => void {
    this.on('change', onChange);
    this.looking ??= setInterval(() => void this.look(), lookMilliseconds);
    return () => {
      this.off('change', onChange);
      if (this.listenerCount('change') === 0) this.stopLooking();
    };
  }

  stop(): void {
    this.stopLooking();
    for (const timer of this.restarts.values()) clearTimeout(timer);
    this.restarts.clear();
    this.removeAllListeners();
  }

  private async restartWorkers(): Promise<void> {
    for (const [worker, timer] of this.restarts) {
      clearTimeout(timer);
      this.restarts.delete(worker);
    }
    const dead = this.stack.workers.filter((worker) => !worker.isRunning());
    await Promise.all(dead.map((worker) => worker.restart().catch(() => undefined)));
    this.emit('change');
  }

  private stopLooking(): void {
    if (this.looking) clearInterval(this.looking);
    this.looking = null;
  }

  private async look(): Promise<void> {
    // The api may be restarting just now: the next look will tell.
    const connectors = await this.backEnd()
      .connectors()
      .catch(() => null);
    if (connectors === null) return;
    const switchedOff = connectors
      .filter((connector) => !connector.enabled && connector.disabledBy === 'credentials_refused')
      .map(({ id, name }) => ({ id, name }));
    if (JSON.stringify(switchedOff) === JSON.stringify(this.switchedOff)) return;
    this.switchedOff = switchedOff;
    this.emit('change');
  }
}
