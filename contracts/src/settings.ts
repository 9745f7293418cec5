import * as v from 'valibot';
import { limits } from './limits.ts';

const delay = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(limits.retryDelaySeconds));

/** `GET /v1/settings` (M20): one set for a portal. */
export const settings = v.object({
  /** The retry pattern: after the first attempt, these delays in seconds; empty means no automatic retry. */
  retryDelaysSeconds: v.pipe(
    v.array(delay),
    v.maxLength(limits.retryDelays, `Give at most ${limits.retryDelays} delays.`),
  ),
  /** Text, HTML and attachments of one email together. */
  maxEmailBytes: v.pipe(v.number(), v.integer(), v.minValue(100_000), v.maxValue(limits.attachmentBytes)),
  revision: v.number(),
});
export type Settings = v.InferOutput<typeof settings>;

/** Body of `PATCH /v1/settings`. */
export const settingsPatch = v.partial(v.strictObject(v.omit(settings, ['revision']).entries));

export const defaultRetryDelaysSeconds = [1, 5, 15, 30, 60, 120, 240, 480, 480].map(
  (minutes) => minutes * 60,
);
export const defaultMaxEmailBytes = 25 * 1024 * 1024;
