import * as v from 'valibot';
import { limits, undoChoices } from './limits.ts';

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
  /** Seconds that users may choose for Undo Send (M18), rising; 0, which is off, always among them. */
  undoChoices: v.pipe(
    v.array(v.picklist(undoChoices, `Choose among ${undoChoices.join(', ')}.`)),
    v.maxLength(undoChoices.length),
    v.check((offered) => offered.includes(0), 'Keep 0: everybody may switch Undo Send off.'),
    v.check(
      (offered) => offered.every((seconds, index) => index === 0 || seconds > (offered[index - 1] ?? 0)),
      'Give each once, in rising order.',
    ),
  ),
  revision: v.number(),
});
export type Settings = v.InferOutput<typeof settings>;

/** Body of `PATCH /v1/settings`. */
export const settingsPatch = v.partial(v.strictObject(v.omit(settings, ['revision']).entries));

/** Body of `POST /v1/settings/preview`. */
export const retryPattern = v.strictObject({ retryDelaysSeconds: settings.entries.retryDelaysSeconds });

const seconds = v.number();

/** When a retry pattern tries again, before it is saved: one entry for each delay. All in seconds. */
export const retryPreview = v.object({
  items: v.array(
    v.object({
      /** The delay after the attempt before, without jitter. */
      afterSeconds: seconds,
      /** The bounds of the delay with its jitter of ±20 %. */
      earliestSeconds: seconds,
      latestSeconds: seconds,
      /** Added up from the end of the first attempt, without jitter and with its bounds. */
      sinceFirstSeconds: seconds,
      sinceFirstEarliestSeconds: seconds,
      sinceFirstLatestSeconds: seconds,
    }),
  ),
});
export type RetryPreview = v.InferOutput<typeof retryPreview>;

export const defaultRetryDelaysSeconds = [1, 5, 15, 30, 60, 120, 240, 480, 480].map(
  (minutes) => minutes * 60,
);
export const defaultMaxEmailBytes = 25 * 1024 * 1024;
