import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { staffRoles } from '@medaccord/chaincode/model';
import { describeWithPython, runPython } from '../support/python';
import { RunningNetwork, type RunningGateway } from '../support/running-network';
import { TestPatient } from '../support/test-patient';

const roles = staffRoles.filter((role) => role !== 'gateway');
/** Of the fuzzer's calls, in seconds: with a fixed seed it gets as far as the machine is fast. */
const fuzzedSeconds = 40;

describeWithPython('clients that others wrote in Python', () => {
  let network: RunningNetwork;
  let gateway: RunningGateway;
  let patient: TestPatient;
  const folder = mkdtempSync(join(tmpdir(), 'medaccord-fuzz-'));

  beforeAll(async () => {
    network = await RunningNetwork.start();
    gateway = network.gateway(network.membersOf('hospital')[0] ?? '');
    patient = new TestPatient(network, gateway.mspId);
    expect((await patient.register()).status).toBe(201);
  }, 90_000);

  afterAll(async () => {
    await network.stop();
    network.remove();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  it('fhirpy creates, reads, updates, deletes, exchanges a transaction and turns pages', async () => {
    const argv = ['fhirpy_client.py', `${gateway.url}/fhir`, await gateway.token('records'), patient.subjectRef];
    const { code, out, trouble } = await runPython(argv);
    expect({ code, trouble }).toEqual({ code: 0, trouble: '' });
    expect(JSON.parse(out)).toEqual({
      created: ['1', 'a'],
      history: ['b', 'a'],
      vread: 'a',
      conditional: ['b', false],
      deleted: 'ResourceNotFound',
      transaction: ['201', '201', '201', '201', '201', '201'],
      paged: [0, 1, 2, 3, 4].map((number) => `py-${String(number)}`),
      counted: 5,
    });
  }, 60_000);

  it('schemathesis finds no failure of the server and no answer that the OpenAPI document does not allow', async () => {
    const tokens = Object.fromEntries(await Promise.all(roles.map(async (role) => [role, await gateway.token(role)] as const)));
    const checks = ['not_a_server_error', 'status_code_conformance', 'content_type_conformance', 'response_schema_conformance'];
    const argv = ['-m', 'schemathesis.cli', 'run', `${gateway.url}/api/openapi.json`, '--phases', 'coverage,fuzzing', '--seed', '1'];
    const bounds = ['--max-examples', '10', '--max-time', String(fuzzedSeconds), '--generation-database', 'none', '--no-color'];
    const { code, out, trouble } = await runPython([...argv, ...bounds, '--checks', checks.join(',')], {
      SCHEMATHESIS_HOOKS: 'fuzz_hooks',
      MEDACCORD_FUZZ_TOKENS: JSON.stringify(tokens),
      MEDACCORD_FUZZ_PLACES: JSON.stringify({ subjectRef: patient.subjectRef, version: '1', type: 'Observation' }),
      HYPOTHESIS_STORAGE_DIRECTORY: folder,
    });
    expect(failuresOf(out, trouble, code)).toBe('');
    expect(out).toMatch(/Test cases:\s+[1-9]\d{2,} generated/);
  }, 180_000);
});

/** What the fuzzer's report says of failures; nothing when there was none. */
function failuresOf(out: string, trouble: string, code: number | null): string {
  if (code === 0) return '';
  const report = /=+ (?:FAILURES|ERRORS) =+\n([^]*?)(?:=+ WARNINGS =+|$)/.exec(out)?.[1];
  return report ?? `exit code ${String(code)}\n${out}\n${trouble}`;
}
