import type { OutboxFilter } from '@portal-outbox/contracts';

/** A filter as the parameters of an address. A comma separates choices there, so one within a choice is escaped. */
export function queryParameters(filter: OutboxFilter): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    if (Array.isArray(value)) {
      for (const choice of value) parameters.append(name, choice.replaceAll(/[\\,]/g, String.raw`\$&`));
    } else if (value !== undefined) {
      parameters.set(name, String(value));
    }
  }
  return parameters;
}
