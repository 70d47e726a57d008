import { spawn, type ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';

// Reads what to watch until the test says that it is done, or is gone: then it interrupts what is watched, ends the network and removes it.
// All of it is read, nothing is an argument: whoever looks for processes of the network by its folder does not find this one.
const SCRIPT = `
read -r folder; read -r down; watched=' '
while read -r verb pid; do
  case $verb in
    watch) watched="$watched$pid " ;;
    drop) watched=$(printf %s "$watched" | sed "s/ $pid / /") ;;
    release) exit 0 ;;
  esac
done
for pid in $watched; do kill -INT "$pid"; done
for pid in $watched; do while kill -0 "$pid"; do sleep 0.1; done; done
sh -c "$down"
rm -rf "$folder"
`;

/**
 * Holds a network of a test: processes that run in the background, or in groups of their own, outlive a test that is interrupted. The leash
 * outlives it as well, and ends them.
 */
export class Leash {
  readonly #shell: ChildProcess;

  /** `down` is the command that ends the network; `folder` goes away with it. */
  constructor(folder: string, down: readonly string[]) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#shell.stdin?.on('error', () => undefined);
    this.#shell.unref();
    (this.#shell.stdin as Socket).unref();
    this.#say(folder);
    this.#say(down.map((word) => `'${word}'`).join(' '));
  }

  /** Holds a command for as long as it runs. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#say(`watch ${String(pid)}`);
    child.once('exit', () => {
      this.#say(`drop ${String(pid)}`);
    });
  }

  /** The test has ended everything itself. */
  release(): void {
    this.#say('release');
    this.#shell.stdin?.end();
  }

  #say(line: string): void {
    this.#shell.stdin?.write(`${line}\n`);
  }
}
