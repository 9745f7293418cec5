import type { EmailState } from './email-state.ts';

/** The four send statuses (M16). Derived when read, never stored. */
export const sendStatuses = ['failed', 'connector_disabled', 'pending_retry', 'queued'] as const;
export type SendStatus = (typeof sendStatuses)[number];

export interface SendStatusFacts {
  state: EmailState;
  connectorEnabled: boolean;
  /** An attempt got as far as naming the sender to the server. */
  tried: boolean;
  /** A person asked for the attempt that is due. */
  retryAsked: boolean;
}

/** The first that holds (M16). */
export function sendStatus(facts: SendStatusFacts): SendStatus {
  if (facts.state === 'failed') return 'failed';
  if (!facts.connectorEnabled) return 'connector_disabled';
  if (facts.tried || facts.retryAsked) return 'pending_retry';
  return 'queued';
}
