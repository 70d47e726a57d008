import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { waitFor } from './test-consortium';

/** A Chromium of this machine; nothing where it has none. */
function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

interface Message {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** One page of a real browser, without a window, driven over the Chrome DevTools Protocol. */
export class TestChromium {
  readonly #waiting = new Map<number, (message: Message) => void>();
  #last = 0;
  #session: string | undefined;

  private constructor(
    readonly folder: string,
    readonly program: ChildProcess,
    readonly socket: WebSocket,
  ) {
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as Message;
      this.#waiting.get(message.id ?? 0)?.(message);
    });
  }

  static get isAvailable(): boolean {
    return findProgram() !== undefined;
  }

  /** @param origin as the page is addressed, a name over plain HTTP; `url` where its server listens */
  static async start(origin: string, url: string): Promise<TestChromium> {
    const folder = mkdtempSync(join(tmpdir(), 'medaccord-chromium-'));
    const flags = [
      '--headless=new',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      `--host-resolver-rules=MAP ${new URL(origin).hostname}:80 ${new URL(url).host}`,
      `--unsafely-treat-insecure-origin-as-secure=${origin}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ];
    const program = spawn(findProgram() ?? '', [...flags, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const socket = new WebSocket(await readAddress(program));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve);
      socket.addEventListener('error', reject);
    });
    const browser = new TestChromium(folder, program, socket);
    const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true });
    browser.#session = String(sessionId);
    return browser;
  }

  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = (this.#last += 1);
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params, ...(this.#session === undefined ? {} : { sessionId: this.#session }) }));
    const { result, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result ?? {};
  }

  /** Runs a script in the page as if the person had pressed something. */
  async run(expression: string): Promise<unknown> {
    const { result } = await this.send('Runtime.evaluate', { expression, userGesture: true, returnByValue: true });
    return (result as { readonly value?: unknown }).value;
  }

  go(address: string): Promise<unknown> {
    return this.send('Page.navigate', { url: address });
  }

  /** Until a page of this title is there. */
  async untilTitle(title: string): Promise<void> {
    await waitFor(async () => (await this.run('document.readyState + " " + document.title')) === `complete ${title}`, 10_000);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.program.once('exit', resolve));
    this.program.kill('SIGKILL');
    await ended;
    this.socket.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function readAddress({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error('The browser says nothing');
  for await (const line of createInterface(stderr)) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('The browser did not start');
}
