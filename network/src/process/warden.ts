import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Outlives the supervisor by a moment: a POSIX shell (a megabyte) that reads on its input which processes are the supervisor's, and
 * ends them when that input ends, which the kernel sees to however the supervisor dies. Works for any program, not for ours only.
 */
const WARDEN = `
trap '' INT HUP TERM
held=''
while read -r verb target; do
  kept=''
  for each in $held; do [ "$each" = "$target" ] || kept="$kept $each"; done
  held=$kept
  [ "$verb" = hold ] && held="$held $target"
done
for each in $held; do kill -s TERM -- "$each" 2>/dev/null; done
looks=0
while [ "$looks" -lt 20 ]; do
  left=''
  for each in $held; do kill -s 0 -- "$each" 2>/dev/null && left="$left $each"; done
  held=$left
  [ -z "$held" ] && exit 0
  looks=$((looks + 1))
  sleep 0.1
done
for each in $held; do kill -s KILL -- "$each" 2>/dev/null; done
exit 0
`;

/**
 * What a process is started through: what it writes is for its owner alone; it waits for the word on descriptor 3 before it becomes the program. The word is given after the
 * warden knows the process; if the supervisor dies in between, the read fails and there never was a program.
 */
const GATE = 'umask 077; read -r word <&3 || exit 75; exec 3<&- "$@"';

/** Program and arguments that run `argv` behind the gate; descriptor 3 must be a pipe. */
export function behindGate(argv: readonly string[]): [string, string[]] {
  return ['/bin/sh', ['-c', GATE, 'gate', ...argv]];
}

/** Sees to it that no process outlives its supervisor. `target`: a pid, or the negative number of a process group. */
export class Warden {
  readonly #held = new Set<number>();
  #shell: ChildProcess | undefined;
  #closed = false;

  hold(target: number): void {
    this.#held.add(target);
    if (this.#shell === undefined) this.#start();
    else this.#tell('hold', target);
  }

  release(target: number): void {
    if (this.#held.delete(target)) this.#tell('free', target);
  }

  /** Call when everything has stopped. What is still held then is ended. */
  async close(): Promise<void> {
    this.#closed = true;
    const shell = this.#shell;
    if (shell === undefined || shell.exitCode !== null) return;
    const gone = new Promise((resolve) => shell.once('exit', resolve));
    // Now it is waited for, and must keep this process alive.
    shell.ref();
    shell.stdin?.end();
    await gone;
  }

  #start(): void {
    // A session of its own: Ctrl-C in the terminal is for the supervisor alone.
    const shell = spawn('/bin/sh', ['-c', WARDEN, 'warden'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
    });
    this.#shell = shell;
    shell.stdin.on('error', () => undefined);
    shell.unref();
    shell.once('exit', () => {
      this.#shell = undefined;
      // Somebody ended the warden itself: a new one takes the list over.
      if (!this.#closed && this.#held.size > 0) this.#start();
    });
    for (const target of this.#held) this.#tell('hold', target);
  }

  #tell(verb: 'hold' | 'free', target: number): void {
    this.#shell?.stdin?.write(`${verb} ${target}\n`);
  }
}
