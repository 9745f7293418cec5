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
