import { randomUUID } from 'node:crypto';
import type { ConnectorSettings } from '@portal-outbox/contracts';
import type { WorkerBus } from '../bus/worker-bus.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { Logger } from '../runtime/logger.ts';
import { ConnectorLane } from './connector-lane.ts';
import { OutcomeKeeper } from './outcome-keeper.ts';

export interface StopTimes {
  /** For what is claimed; then it is broken off. */
  finishMs: number;
  /** For what is broken off to be concluded. */
  cutMs: number;
  /** For outcomes to be settled. */
  settleMs: number;
}

/** Together below the 10 s after which a process is ended. */
const defaultStopTimes: StopTimes = { finishMs: 6500, cutMs: 500, settleMs: 1500 };
const defaultHeartbeatMs = 5000;

export interface WorkerParts {
  openBus: () => Promise<WorkerBus>;
  /** Connectors to work for; `null`: every one there is. */
  connectorIds: readonly string[] | null;
  /** Its name for the service, the same at every start. Default: one of its own making. */
  workerId?: string;
  logger: Logger;
  stopTimes?: StopTimes;
  heartbeatMs?: number;
}

/** Sends the emails of its connectors: one lane for each that is enabled, made anew when its settings change. */
export class ConnectorWorker implements Service {
  readonly workerId: string;
  readonly #parts: WorkerParts;
  readonly #lanes = new Map<string, ConnectorLane>();
  /** Lanes that finish what they have in hand. */
  readonly #retiring = new Map<ConnectorLane, Promise<void>>();
  #bus: WorkerBus | null = null;
  #keeper: OutcomeKeeper | null = null;
  #endWatch: (() => void) | null = null;
  #heartbeats: NodeJS.Timeout | undefined;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
    this.workerId = parts.workerId ?? randomUUID();
  }

  async start(): Promise<void> {
    const bus = await this.#parts.openBus();
    const keeper = new OutcomeKeeper(bus.publishOutcome, this.#parts.logger);
    this.#bus = bus;
    this.#keeper = keeper;
    bus.onSettled(this.workerId, (attemptIds) => keeper.settled(attemptIds));
    this.#endWatch = bus.watchConnectors((connectorId, settings) => this.#changed(connectorId, settings));
    this.#heartbeats = setInterval(() => this.#beat(), this.#parts.heartbeatMs ?? defaultHeartbeatMs);
    bus.onReconnect(() => {
      this.#beat();
      keeper.repeatAll();
    });
  }

  /** Lets go of what is not claimed, finishes what is, and hands over every outcome. */
  async stop(): Promise<void> {
    const { finishMs, cutMs, settleMs } = this.#parts.stopTimes ?? defaultStopTimes;
    this.#endWatch?.();
    for (const lane of this.#lanes.values()) this.#retire(lane);
    const lanes = [...this.#retiring.keys()];
    for (const lane of lanes) lane.abandon();
    const finished = Promise.all(this.#retiring.values());
    if (!(await within(finished, finishMs))) {
      for (const lane of lanes) lane.cut();
      await within(finished, cutMs);
    }
    await this.#keeper?.stop(settleMs);
    clearInterval(this.#heartbeats);
    await this.#bus?.close();
  }

  #changed(connectorId: string, settings: ConnectorSettings | null): void {
    if (this.#parts.connectorIds && !this.#parts.connectorIds.includes(connectorId)) return;
    const lane = this.#lanes.get(connectorId);
    const wanted = settings?.enabled ? settings : null;
    if (lane && wanted && lane.settings.revision === wanted.revision) return;
    if (lane) this.#retire(lane);
    if (!wanted || !this.#bus || !this.#keeper) return;
    const { logger } = this.#parts;
    logger.info({ connectorId, revision: wanted.revision }, 'connector taken up');
    const next = new ConnectorLane(wanted, {
      bus: this.#bus,
      keeper: this.#keeper,
      workerId: this.workerId,
      logger,
    });
    this.#lanes.set(connectorId, next);
    next.start();
    this.#beat();
  }

  #retire(lane: ConnectorLane): void {
    const { connectorId, revision } = lane.settings;
    this.#parts.logger.info({ connectorId, revision }, 'connector left');
    this.#lanes.delete(connectorId);
    this.#retiring.set(
      lane,
      lane.retire().finally(() => this.#retiring.delete(lane)),
    );
  }

  /** Says what is alive and held: renews the leases of the claims. */
  #beat(): void {
    const lanes = [...this.#lanes.values(), ...this.#retiring.keys()];
    const connectorIds = new Set([
      ...lanes.map((lane) => lane.settings.connectorId),
      ...(this.#keeper?.connectorIds() ?? []),
    ]);
    for (const connectorId of connectorIds) {
      const own = lanes.filter((lane) => lane.settings.connectorId === connectorId);
      this.#bus?.publishHeartbeat({
        workerId: this.workerId,
        connectorId,
        openConnections: own.reduce((sum, lane) => sum + lane.openConnections, 0),
        claimTokens: [
          ...own.flatMap((lane) => lane.claimTokens),
          ...(this.#keeper?.heldTokens(connectorId) ?? []),
        ],
      });
    }
  }
}

/** Whether `work` was done within `limitMs`. */
async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)));
  const done = await Promise.race([work.then(() => true), limit]);
  clearTimeout(timer);
  return done;
}
