import type { SeededRandom } from './seeded-random.ts';
import type { ServiceCaller } from './service-caller.ts';

/** A time in which a connector was certainly off: from the answer to "disable" until "enable" was asked for. */
export interface OffTime {
  connectorId: string;
  from: number;
  /** Infinity while it lasts. */
  until: number;
}

/** Switches connectors off and on while mail goes through them. */
export class ConnectorSwitch {
  readonly offTimes: OffTime[] = [];
  /** Connectors that were once enabled with "leave what is held Failed". */
  readonly leftOn = new Set<string>();
  readonly #service: ServiceCaller;
  readonly #random: SeededRandom;

  constructor(service: ServiceCaller, random: SeededRandom) {
    this.#service = service;
    this.#random = random;
  }

  async toggle(connectorId: string): Promise<void> {
    await this.#service.demand('POST', `/v1/connectors/${connectorId}/disable`, {});
    const off: OffTime = { connectorId, from: Date.now(), until: Infinity };
    this.offTimes.push(off);
    await new Promise((resolve) => setTimeout(resolve, this.#random.between(500, 4000)));
    off.until = Date.now();
    const held = this.#random.chance(0.15) ? 'leave' : 'release';
    if (held === 'leave') this.leftOn.add(connectorId);
    await this.#service.demand('POST', `/v1/connectors/${connectorId}/enable`, { held });
  }
}
