const dayMilliseconds = 24 * 3600 * 1000;

/**
 * The instant at which a day begins in a zone: midnight, or the first moment after it where clocks skip midnight.
 *
 * @param day as `2026-11-12`
 * @param timeZone as in IANA; `undefined`: the browser's
 * @returns ms since 1970; `NaN` for what is no day
 */
export function startOfDay(day: string, timeZone: string | undefined): number {
  const utc = Date.parse(`${day}T00:00:00Z`);
  // By the clocks of the day before and of the day after, which differ where they change in between.
  const starts = [-1, 1].map((days) => utc - offsetAt(utc + days * dayMilliseconds, timeZone));
  const [early = utc, late = utc] = starts.toSorted((a, b) => a - b);
  return dayOf(early, timeZone) >= day ? early : late;
}

/** The day after, as `2026-11-13`. */
export function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMilliseconds).toISOString().slice(0, 10);
}

/** The day of an instant in a zone, as `2026-11-12`. */
export function dayOf(instant: number, timeZone: string | undefined): string {
  return local(instant, timeZone).slice(0, 10);
}

/** Milliseconds by which the zone's clocks are ahead of UTC. */
function offsetAt(instant: number, timeZone: string | undefined): number {
  if (Number.isNaN(instant)) return Number.NaN;
  const seconds = Math.floor(instant / 1000) * 1000;
  return Date.parse(`${local(seconds, timeZone)}Z`) - seconds;
}

function local(instant: number, timeZone: string | undefined): string {
  if (Number.isNaN(instant)) return '';
  const zone = timeZone === undefined ? {} : { timeZone };
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', ...zone });
  return format.format(instant).replace(' ', 'T');
}
