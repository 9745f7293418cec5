import { parseArgs } from 'node:util';
import { driftConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { findSightDrift, repairSight, type DriftedEmail } from '../db/sight-drift.ts';
import { createLogger } from '../runtime/logger.ts';

/**
 * Looks for emails whose readers are not those that the directory names, and with `--repair` brings them in step; the
 * result as JSON on stdout. Exits 0 when there is no drift or it was repaired, 1 when there is some, 2 when it was not
 * understood.
 */
const usage = 'Usage: npm run drift [-- --repair]\n';
const atOnce = 5_000;
const repairedAtOnce = 500;
/** Ids that the result names. */
const mostNamed = 100;

process.exitCode = await main();

async function main(): Promise<number> {
  const repair = readArguments();
  if (repair === null) {
    process.stderr.write(usage);
    return 2;
  }
  const config = driftConfig(process.env);
  const database = openDatabase(config.DATABASE_URL, 'drift', 1, createLogger('drift', config.LOG_LEVEL));
  try {
    let looked = 0;
    const drifted: DriftedEmail[] = [];
    let after: string | null = null;
    do {
      const look = await findSightDrift(database, after, atOnce);
      looked += look.looked;
      drifted.push(...look.drifted);
      after = look.next;
      for (const [portalId, ids] of repair ? byPortal(look.drifted) : []) {
        for (let start = 0; start < ids.length; start += repairedAtOnce) {
          await repairSight(database, portalId, ids.slice(start, start + repairedAtOnce));
        }
      }
    } while (after !== null);
    const ids = drifted.slice(0, mostNamed).map((email) => email.id);
    process.stdout.write(`${JSON.stringify({ looked, drifted: drifted.length, repaired: repair, ids })}\n`);
    return drifted.length === 0 || repair ? 0 : 1;
  } finally {
    await database.end();
  }
}

function readArguments(): boolean | null {
  try {
    return parseArgs({ options: { repair: { type: 'boolean' } } }).values.repair ?? false;
  } catch {
    return null;
  }
}

function byPortal(emails: readonly DriftedEmail[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const { id, portalId } of emails) ids.set(portalId, [...(ids.get(portalId) ?? []), id]);
  return ids;
}
