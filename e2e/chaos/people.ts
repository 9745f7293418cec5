import { setTimeout as pause } from 'node:timers/promises';
import type { Actions } from './act-on-emails.ts';
import type { ConnectorSwitch } from './connector-switch.ts';
import type { EmailStory } from './email-story.ts';
import type { SeededRandom } from './seeded-random.ts';

/** Whom and what they act on. */
export interface Scene {
  actions: Actions;
  connectors: ConnectorSwitch;
  connectorIds: readonly string[];
  /** By number of the email, from 1; those accepted so far. */
  stories: readonly EmailStory[];
  random: SeededRandom;
}

/** So many for one email are enough. */
const mostRetries = 4;

/** Lets people act until the returned function is called; that resolves when the last of them is done. */
export function startPeople(scene: Scene, onError: (error: unknown) => void): () => Promise<void> {
  const { actions, connectors, connectorIds, random } = scene;
  let stopped = false;
  const every = async (low: number, high: number, act: () => Promise<void>): Promise<void> => {
    while (!stopped) {
      // People act now and then.
      await pause(random.between(low, high));
      if (!stopped) await act().catch(onError);
    }
  };
  const accepted = () => scene.stories.filter((story) => story.acceptedAt !== null);
  const byId = () => new Map(accepted().flatMap((story) => [...story.ids].map((id) => [id, story])));
  const running = [
    every(80, 300, async () => {
      const recent = accepted().slice(-400);
      if (recent.length > 0) void actions.cancel(random.pick(recent)).catch(onError);
    }),
    every(1000, 3000, async () => {
      const scheduled = accepted()
        .slice(-400)
        .filter(({ plan }) => plan.delayMs !== null);
      if (scheduled.length > 0) await actions.sendNow(random.pick(scheduled));
    }),
    every(300, 1200, async () => {
      const rows = random.shuffled(await actions.failedRows()).slice(0, 5);
      const stories = byId();
      for (const row of rows) {
        const story = stories.get(row.id);
        if (story && story.retries.length < mostRetries) await actions.retry(story);
      }
    }),
    every(3000, 7000, async () => {
      const stories = byId();
      const rows = await actions.failedRows();
      const known = random.shuffled(rows).flatMap((row) => stories.get(row.id) ?? []);
      const chosen = known.filter((story) => story.retries.length < mostRetries).slice(0, 60);
      if (chosen.length > 0) await actions.bulk(chosen);
    }),
    every(4000, 9000, async () => {
      await connectors.toggle(random.pick(connectorIds));
      actions.done.disable += 1;
    }),
  ];
  return async () => {
    stopped = true;
    await Promise.all(running);
    // Looked at until the last action has its answer.
    while (scene.stories.some((story) => story.busy)) await pause(100);
  };
}
