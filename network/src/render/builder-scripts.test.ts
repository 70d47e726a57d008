import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILDER_SCRIPTS, CONNECTION_FOLDER_VARIABLE } from './builder-scripts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB+/=\nabc&d\n-----END CERTIFICATE-----\n';
const TEMPLATE =
  '{"address":"{{.address}}","dial_timeout":"10s","tls_required":true,"root_cert":"{{.root_cert}}","client_key":"{{.client_key}}"}';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'builder-'));
  for (const each of ['bin', 'source', 'metadata', 'output', 'released', 'connection']) mkdirSync(join(folder, each));
  for (const [name, script] of Object.entries(BUILDER_SCRIPTS)) {
    writeFileSync(join(folder, 'bin', name), script);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  put('metadata/metadata.json', '{ "type": "ccaas", "label": "notes_1" }');
  put('source/connection.json', TEMPLATE);
  put('connection/address', '127.0.0.1:7102\n');
  put('connection/root_cert', PEM);
  put('key.pem', PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY'));
  symlinkSync('../key.pem', join(folder, 'connection/client_key'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(file: string, content: string): void {
  writeFileSync(join(folder, file), content);
}

/** As a peer runs it: with nothing in the environment but what it propagates. */
function run(script: string, ...folders: readonly string[]): void {
  const env = { PATH: '/usr/bin:/bin', [CONNECTION_FOLDER_VARIABLE]: join(folder, 'connection') };
  execFileSync(
    join(folder, 'bin', script),
    folders.map((each) => join(folder, each)),
    { env, stdio: 'pipe' },
  );
}

function release(): unknown {
  run('build', 'source', 'metadata', 'output');
  run('release', 'output', 'released');
  return JSON.parse(readFileSync(join(folder, 'released/chaincode/server/connection.json'), 'utf8'));
}

it('a package that is chaincode as a service is taken, any other is left to other builders', () => {
  expect(() => run('detect', 'source', 'metadata')).not.toThrow();
  put('metadata/metadata.json', '{"type":"golang","label":"ccaas"}');
  expect(() => run('detect', 'source', 'metadata')).toThrow();
});

it('what the peer knows of its chaincode takes the place of the placeholders, line by line and through links', () => {
  const key = PEM.replaceAll('CERTIFICATE', 'PRIVATE KEY');
  expect(release()).toEqual({
    address: '127.0.0.1:7102',
    dial_timeout: '10s',
    tls_required: true,
    root_cert: PEM.trimEnd(),
    client_key: key.trimEnd(),
  });
});

it('a package without placeholders is released as it is', () => {
  put('source/connection.json', '{"address":"chaincode:9999","tls_required":false}\n');
  expect(release()).toEqual({ address: 'chaincode:9999', tls_required: false });
});

it('a placeholder that nothing is known for fails the build and says which', () => {
  put('source/connection.json', '{"address":"{{.adress}}"}');
  expect(release).toThrow(/\{\{\.adress\}\}/);
});
