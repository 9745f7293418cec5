import type { SmtpPhase } from '@portal-outbox/contracts';

/** How long each step may take without anything moving, in milliseconds. */
export type PhaseLimits = Record<SmtpPhase, number>;

const seconds = 1000;
const minutes = 60 * seconds;

/** RFC 5321 4.5.3.2, shorter where nothing is at stake. After the final dot an impatient client sends twice. */
export const phaseLimitsMs: PhaseLimits = {
  connect: 30 * seconds,
  greeting: 30 * seconds,
  tls: 30 * seconds,
  login: 1 * minutes,
  mail: 5 * minutes,
  rcpt: 5 * minutes,
  data: 5 * minutes,
  body: 5 * minutes,
  final_dot: 10 * minutes,
};
