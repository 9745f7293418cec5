import { migrateConfig } from '../config.ts';
import { openDatabase } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { createLogger } from '../runtime/logger.ts';

const config = migrateConfig(process.env);
const logger = createLogger('migrate', config.LOG_LEVEL);
const database = openDatabase(config.DATABASE_URL, 'migrate', 1, logger);
try {
  const applied = await migrate(database);
  logger.info({ applied }, 'ready');
} finally {
  await database.end();
}
