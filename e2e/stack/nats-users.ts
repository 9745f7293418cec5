import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from './service-process.ts';

/** `NATS_API_PREFIX` of workers that have users. */
export const workerApiPrefix = 'outbox.api';

export interface NatsUsers {
  /** nats-server's `accounts` block, as the operator's command prints it. */
  accounts: string;
  /** What nats-server reads the passwords from. */
  environment: Record<string, string>;
  /** A broker's address with a user's name and password in it. */
  urlFor(user: string, natsUrl: string): string;
}

export interface NatsUsersOptions {
  /** In the command's own words, such as `worker-1=all`; the service's user is called `service`. */
  workers: readonly string[];
  /** Runs what `npm run build` made. Default: from the source. */
  built?: boolean;
}

/** Users with random passwords, made as an operator makes them: `npm run nats-users`. */
export async function makeNatsUsers({ workers, built = false }: NatsUsersOptions): Promise<NatsUsers> {
  const program = built
    ? [join('service', 'dist', 'nats-users.js')]
    : ['--import', 'tsx', '--conditions=source', join('service', 'src', 'processes', 'nats-users.ts')];
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...program, ...workers.flatMap((worker) => ['--worker', worker])],
    { cwd: projectFolder },
  );
  const users = [...stdout.matchAll(/user: "([^"]+)", password: \$(\w+)/g)];
  const passwords = new Map(users.map(([, user = '']) => [user, `p${randomBytes(16).toString('hex')}`]));
  return {
    accounts: stdout,
    environment: Object.fromEntries(
      users.map(([, user = '', variable = '']) => [variable, passwords.get(user) ?? '']),
    ),
    urlFor(user, natsUrl) {
      const url = new URL(natsUrl);
      url.username = user;
      url.password = passwords.get(user) ?? '';
      return url.href;
    },
  };
}
