import { setTimeout as pause } from 'node:timers/promises';
import type { SeededRandom } from './seeded-random.ts';
import type { ServiceCaller } from './service-caller.ts';

/** A time in which a connector was certainly off: from the answer to "disable" until "enable" was asked for. */
export interface OffTime {
  connectorId: string;
  from: number;
  /** Infinity while it lasts. */
  until: number;
}

/** Longer than a request waits for a database that was away. */
const leftAloneMs = 40_000;

/** Switches connectors off and on while mail goes through them. */
export class ConnectorSwitch {
  readonly offTimes: OffTime[] = [];
  /** Connectors that were once enabled with "leave what is held Failed". */
  readonly leftOn = new Set<string>();
  readonly #leftAlone = new Map<string, number>();
  readonly #service: ServiceCaller;
  readonly #random: SeededRandom;

  constructor(service: ServiceCaller, random: SeededRandom) {
    this.#service = service;
    this.#random = random;
  }

  async toggle(connectorId: string): Promise<void> {
    if (Date.now() < (this.#leftAlone.get(connectorId) ?? 0)) return;
    await this.#ask(connectorId, 'disable', {});
    const off: OffTime = { connectorId, from: Date.now(), until: Infinity };
    this.offTimes.push(off);
    // Off for a while: what leaves meanwhile is what is looked for.
    await pause(this.#random.between(500, 4000));
    off.until = Date.now();
    const held = this.#random.chance(0.15) ? 'leave' : 'release';
    if (held === 'leave') this.leftOn.add(connectorId);
    await this.#ask(connectorId, 'enable', { held });
  }

  async #ask(connectorId: string, action: 'enable' | 'disable', body: object): Promise<void> {
    const answer = await this.#service.insist('POST', `/v1/connectors/${connectorId}/${action}`, body);
    if (answer.status !== 200) throw new Error(`${action}: ${answer.status} ${JSON.stringify(answer.body)}`);
    // Asked twice, the first may be carried out late: until then nobody knows whether the connector is on or off.
    if (answer.repeated === true) this.#leftAlone.set(connectorId, Date.now() + leftAloneMs);
  }
}
