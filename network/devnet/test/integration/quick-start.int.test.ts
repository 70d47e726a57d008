import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GOLDEN_CHAINCODE, startChaincode, type ChaincodeProcess } from '../support/chaincode-process';

jest.setTimeout(60_000);

const PACKAGE_FOLDER = join(__dirname, '../..');
const EXAMPLE = join(PACKAGE_FOLDER, 'examples/quick-start.ts');

let folder = '';
let chaincode: ChaincodeProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'devnet-example-'));
  chaincode = await startChaincode({ mspId: 'OrangeMSP', folder: GOLDEN_CHAINCODE, packageId: 'mine:1' });
});
afterAll(async () => {
  await chaincode.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the README's example brings up a network for somebody's chaincode and calls it", async () => {
  const hook = join(__dirname, '../support/register-typescript.cjs');
  const child = spawn(process.execPath, ['--require', hook, EXAMPLE, chaincode.service.address, '[["put","hello","world"],["who"]]'], {
    cwd: folder,
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(chunks.join('')).toBe('[{"type":"Buffer","data":[]},["OrangeMSP","OrangeMSP","main","run",0]]\n');
  expect(code).toBe(0);
});

test('the README shows the example as it is', () => {
  const example = readFileSync(EXAMPLE, 'utf8').replace("'../src'", "'@medaccord/devnet'").trim();
  expect(readFileSync(join(PACKAGE_FOLDER, 'README.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\n\`\`\``);
});
