import { natsUsersConfig } from '../config.ts';
import { natsAccounts } from '../bus/nats-accounts.ts';

/**
 * Prints the `accounts` block for nats-server: a user for the service and one for each worker. No password is read or
 * written: nats-server takes them from its environment.
 */
try {
  process.stdout.write(natsAccounts(natsUsersConfig(process.argv.slice(2))));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
