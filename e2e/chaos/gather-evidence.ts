import type { ConnectorSwitch } from './connector-switch.ts';
import type { PlannedFile } from './email-plan.ts';
import { idOf, type EmailStory } from './email-story.ts';
import type { Evidence } from './evidence.ts';
import type { Victims } from './fault-kinds.ts';
import type { ServiceCaller } from './service-caller.ts';
import { retryDelaysSeconds } from './set-up-portal.ts';
import { readShownEmails } from './shown-emails.ts';
import type { StoredEmails } from './stored-emails.ts';

/** What the run knows before it asks how it ended. */
export interface Known {
  victims: Victims;
  service: ServiceCaller;
  stories: readonly EmailStory[];
  connectors: ConnectorSwitch;
  connectorIds: readonly string[];
  files: readonly PlannedFile[];
}

/** Asks everybody: the service, its database, the mail server. */
export async function gatherEvidence(
  { victims, service, stories, connectors, connectorIds, files }: Known,
  stored: StoredEmails,
  stuck: readonly string[],
): Promise<Evidence> {
  const { record } = victims.mailServer;
  await record.read();
  const accepted = stories.filter(({ acceptedAt }) => acceptedAt !== null);
  return {
    options: victims.options,
    stories: accepted,
    record,
    stored: await stored.all(),
    shown: await readShownEmails(
      service,
      accepted.flatMap((story) => idOf(story) ?? []),
    ),
    offTimes: connectors.offTimes,
    leftOn: connectors.leftOn,
    connectorIds,
    fileHashes: files.map(({ sha256 }) => sha256),
    log: victims.log,
    retries: retryDelaysSeconds.length,
    stuck,
  };
}
