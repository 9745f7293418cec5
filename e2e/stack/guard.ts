import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * A small shell beside us that holds the other end of a pipe. When this process ends, however it ends (SIGKILL
 * too), the pipe closes, and the shell ends every process group still watched and removes the folders.
 */
export const guard = {
  /** `signal` is what makes the process end at once together with its own children. */
  watch: (pid: number, signal: 'KILL' | 'QUIT' = 'KILL') => tell(`watch ${pid} ${signal}`),
  forget: (pid: number) => tell(`forget ${pid}`),
  /** `folder` is removed when this process ends; it must not contain a line break. */
  removeAtEnd: (folder: string) => tell(`folder ${folder}`),
};

let shell: ChildProcess | undefined;

function tell(line: string): void {
  shell ??= startShell();
  shell.stdin?.write(`${line}\n`);
}

function startShell(): ChildProcess {
  // A session of its own: Ctrl-C in the terminal must not reach it.
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.unref();
  (child.stdin as Socket).unref();
  return child;
}

/** One folder a start is enough to ask for; the list of processes is rebuilt when one is forgotten. */
const script = `
watched=""
folders=""
while read -r word value signal; do
  case "$word" in
    watch) watched="$watched $value:$signal" ;;
    forget)
      kept=""
      for entry in $watched; do [ "\${entry%%:*}" = "$value" ] || kept="$kept $entry"; done
      watched="$kept" ;;
    folder) folders="$folders
$value" ;;
  esac
done
for entry in $watched; do kill -s "\${entry##*:}" -- "-\${entry%%:*}"; done
if [ -n "$watched" ]; then
  sleep 1
  for entry in $watched; do kill -s KILL -- "-\${entry%%:*}"; done
fi
IFS='
'
set -f
for folder in $folders; do rm -rf -- "$folder"; done
`;
