import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * Loaded into a process of the service by `--import`: SIGUSR2 starts a CPU profile, the next one writes it to
 * `<tmp>/portal-outbox-<pid>.cpuprofile`. (Node's own --cpu-prof would also hold the start and the idle time.)
 */

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.setSamplingInterval', { interval: 500 });
let running = false;
process.on('SIGUSR2', () => {
  running = !running;
  if (running) {
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (error, result) => {
    if (error === null)
      writeFileSync(
        join(tmpdir(), `portal-outbox-${process.pid}.cpuprofile`),
        JSON.stringify(result.profile),
      );
  });
});
