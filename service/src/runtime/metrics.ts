import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/** What `/metrics` shows (Prometheus text format). */
export const metrics = new Registry();
collectDefaultMetrics({ register: metrics });

export const settledAttempts = new Counter({
  name: 'outbox_settled_attempts_total',
  help: 'Send attempts by result.',
  labelNames: ['result'],
  registers: [metrics],
});

export const oldestDueSeconds = new Gauge({
  name: 'outbox_oldest_due_seconds',
  help: 'Age of the oldest due email of an enabled, not paused connector.',
  registers: [metrics],
});

export const openStreams = new Gauge({
  name: 'outbox_open_streams',
  help: 'Open change streams of this process.',
  registers: [metrics],
});

export const streamResets = new Counter({
  name: 'outbox_stream_resets_total',
  help: 'Readers of changes that were told to load again: more sight than before, or more changes than one can follow.',
  registers: [metrics],
});

export const waitingOutcomes = new Gauge({
  name: 'outbox_waiting_outcomes',
  help: 'Outcomes on the bus that are not settled; NaN while the bus does not answer.',
  registers: [metrics],
});

export const lostLeases = new Counter({
  name: 'outbox_lost_leases_total',
  help: 'Claims whose worker went silent: these emails may have been sent.',
  registers: [metrics],
});

export const republishedAttempts = new Counter({
  name: 'outbox_republished_attempts_total',
  help: 'Attempts that were published again because nobody had claimed them.',
  registers: [metrics],
});

export const parkedAttempts = new Counter({
  name: 'outbox_parked_attempts_total',
  help: 'Attempts given up because no worker claimed them while later ones were.',
  registers: [metrics],
});

export const deadLetters = new Counter({
  name: 'outbox_dead_letters_total',
  help: 'Outcomes that were given up: not understood, or refused by the database for their data.',
  labelNames: ['reason'],
  registers: [metrics],
});

export const bulkEmails = new Counter({
  name: 'outbox_bulk_emails_total',
  help: 'Emails that bulk operations of this process came to, by action and by what became of them: done or skipped.',
  labelNames: ['action', 'result'],
  registers: [metrics],
});

export const connectorPaused = new Gauge({
  name: 'outbox_connector_paused',
  help: '1 while the connector does not answer and waits for its next probe.',
  labelNames: ['connector'],
  registers: [metrics],
});

export const connectorRefused = new Gauge({
  name: 'outbox_connector_credentials_refused',
  help: '1 while the connector is switched off because its credentials were refused.',
  labelNames: ['connector'],
  registers: [metrics],
});

export const connectorTroubleSince = new Gauge({
  name: 'outbox_connector_trouble_since_seconds',
  help: 'Unix time since which the connector is in trouble without a break; absent while it works.',
  labelNames: ['connector'],
  registers: [metrics],
});
