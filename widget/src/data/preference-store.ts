import type { Preferences } from '@portal-outbox/contracts';
import { patchPreferences, type PreferencesPatch } from './outbox-requests.ts';
import type { ServiceClient } from './service-client.ts';

/** What the user chose, kept by the service for every machine (M5, M13, M18); a choice holds at once. */
export class PreferenceStore {
  /** `null` until the service has said. */
  kept: Preferences | null = null;
  readonly #client: ServiceClient;
  readonly #onChange: () => void;
  /** Choices that the service has not confirmed yet, in their order. */
  #queue: Promise<unknown> = Promise.resolve();
  #chosen: PreferencesPatch = {};

  constructor(client: ServiceClient, onChange: () => void) {
    this.#client = client;
    this.#onChange = onChange;
  }

  /** As the service keeps them; what was chosen meanwhile stays. */
  take(kept: Preferences): void {
    this.kept = merged(kept, this.#chosen);
    this.#onChange();
  }

  /** One after the other, so that the last choice is the one that is kept. `false`: it could not be kept. */
  async save(patch: PreferencesPatch): Promise<boolean> {
    this.#chosen = { ...this.#chosen, ...patch };
    this.kept = merged(this.kept ?? {}, patch);
    this.#onChange();
    const request = this.#queue.then(() => patchPreferences(this.#client, patch));
    this.#queue = request;
    return (await request).ok;
  }

  clear(): void {
    this.kept = null;
    this.#chosen = {};
  }
}

function merged(kept: Preferences, patch: PreferencesPatch): Preferences {
  const entries = Object.entries({ ...kept, ...patch });
  return Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
}
