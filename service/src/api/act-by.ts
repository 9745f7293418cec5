import { readDatabaseTime, type Database } from '../db/database.ts';
import { ProblemError } from './problem-answer.ts';

/** From the moment that the database answers an action's first question. */
const actWithinMs = 2000;

/** The database's time by which an action must be carried out; later, its sender has asked again. */
export async function actBy(database: Database): Promise<Date> {
  const now = await readDatabaseTime(database);
  if (now === null) throw tooLate();
  return new Date(now.getTime() + actWithinMs);
}

export function tooLate(): ProblemError {
  return new ProblemError('unavailable', 'Nothing was done. Try again.', { retryAfterSeconds: 1 });
}
