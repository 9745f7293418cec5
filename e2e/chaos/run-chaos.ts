import { setTimeout as pause } from 'node:timers/promises';
import type { Connector } from '@portal-outbox/contracts';
import { Actions } from './act-on-emails.ts';
import type { ChaosOptions } from './chaos-options.ts';
import { ConnectorSwitch } from './connector-switch.ts';
import { planEmails, planFiles } from './email-plan.ts';
import { newStory } from './email-story.ts';
import type { Evidence } from './evidence.ts';
import { bringUp, type Victims } from './fault-kinds.ts';
import { planFaults, strikeAll } from './fault-schedule.ts';
import { gatherEvidence, type Known } from './gather-evidence.ts';
import { Load } from './load.ts';
import { startPeople } from './people.ts';
import { judge, sumUp, type ChaosResult, type Judged } from './sum-up.ts';
import type { ServiceCaller } from './service-caller.ts';
import { SeededRandom } from './seeded-random.ts';
import { setUpPortal } from './set-up-portal.ts';
import { startVictims } from './start-victims.ts';
import { StoredEmails } from './stored-emails.ts';
import { waitUntilQuiet } from './wait-until-quiet.ts';

export interface ChaosRun {
  result: ChaosResult;
  judged: Judged;
  evidence: Evidence;
}

/** Outcomes that a worker still has are repeated every 30 s: so long something may still be put right. */
const settlingSeconds = 45;

/** Breaks everything while mail flows and people act, waits until all is quiet, and compares. */
export async function runChaos(options: ChaosOptions, say: (text: string) => void): Promise<ChaosRun> {
  const startedAt = performance.now();
  const random = new SeededRandom(options.seed);
  const [plans, order, chances, pauses] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const faults = planFaults(options.faults, order, options.only);
  const files = planFiles(plans);
  const { victims, stop } = await startVictims(options, pauses);
  const stored = new StoredEmails(victims.stack.databaseUrl);
  try {
    // A database that loses commits sends again: nothing that could be shown here would hold.
    if (!(await stored.keepsCommits())) throw new Error('PostgreSQL runs with fsync off.');
    await stored.end();
    const { service, places } = await setUpPortal(victims, files);
    const { connectorIds } = places;
    const emails = planEmails(options.emails, connectorIds.length, files.length, plans);
    const stories = emails.map(newStory);
    const errors: unknown[] = [];
    const fail = (error: unknown) => void errors.push(error);

    const actions = new Actions(service, chances);
    const connectors = new ConnectorSwitch(service, chances);
    const load = new Load(service, places, stories, chances, fail);
    say(`${options.emails} emails, ${faults.length} faults, seed ${options.seed}`);
    const stopPeople = startPeople({ actions, connectors, connectorIds, stories, random: chances }, fail);
    await strikeAll(faults, victims, (share) => load.burst(share), say);
    await load.finish();
    await stopPeople();
    await bringAllUp(victims);
    await enableAll(service, say);
    if (errors.length > 0) throw new AggregateError(errors, 'The portal could not go on.');

    const known: Known = { victims, service, stories, connectors, connectorIds, files };
    const { judged, evidence } = await judgeWhenQuiet(known, say);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const serverErrors = [...service.faults.values()].reduce((sum, count) => sum + count, 0);
    return {
      result: sumUp({ evidence, judged, faults, actions: actions.done, serverErrors, seconds }),
      judged,
      evidence,
    };
  } finally {
    await stop();
  }
}

async function bringAllUp({ stack }: Victims): Promise<void> {
  for (const process of [...stack.apis, ...stack.dispatchers, ...stack.workers]) {
    if (!process.isRunning()) await bringUp(process);
  }
}

/** A "disable" that got no answer in time may be carried out late, after the "enable": an administrator would see it. */
async function enableAll(service: ServiceCaller, say: (text: string) => void): Promise<void> {
  const { items } = await service.demand<{ items: Connector[] }>('GET', '/v1/connectors');
  for (const { id, name, enabled, disabledBy } of items) {
    if (enabled) continue;
    say(`${name} is still disabled, by ${disabledBy}`);
    await service.demand('POST', `/v1/connectors/${id}/enable`, { held: 'release' });
  }
}

async function judgeWhenQuiet(known: Known, say: (text: string) => void) {
  const stored = new StoredEmails(known.victims.stack.databaseUrl);
  try {
    say('the faults are over');
    const stuck = await waitUntilQuiet(stored, say);
    const end = performance.now() + settlingSeconds * 1000;
    for (;;) {
      const evidence = await gatherEvidence(known, stored, stuck);
      const judged = judge(evidence);
      if (judged.violations.length === 0 || performance.now() > end) return { evidence, judged };
      say(`${judged.violations.length} differences; late outcomes may still settle them`);
      // Between two looks; workers repeat an outcome after 30 s.
      await pause(3000);
    }
  } finally {
    await stored.end();
  }
}
