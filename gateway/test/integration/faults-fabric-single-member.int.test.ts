import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsentEntry } from '@medaccord/chaincode/model';
import { revokeConsent, signConsent, type Recipient } from '../../src/wallet';
import { onFabricAlone } from '../../../network/test/support/test-ledger';
import type { Answer } from '../support/door';
import { ask, newBundle, TestPatient } from '../support/test-patient';
import { CommandedNetwork, until, type CommandedGateway } from './support/commanded-network';
import { FabricFaults } from './support/fabric-faults';
import { forgeEndorsement, type Endorser, type Forgery } from './support/forge-endorsement';
import { openContract, type OpenContract } from './support/open-contract';
import { proveChains, untilLevel } from './support/prove-chains';
import { newAlteredChaincode, type ScratchTopology } from './support/scratch-topology';

const { describe } = onFabricAlone('on the devnet all peers are one process, whose answers nobody can alter');

jest.setTimeout(180_000);

const ENDORSEMENT_POLICY_FAILURE = 10;
const NODES = ['orderer', 'peer', 'chaincode', 'gateway'];

let topology: ScratchTopology;
let network: CommandedNetwork;
let faults: FabricFaults;
let custodian: CommandedGateway;
let counterparty: CommandedGateway;
let liar: CommandedGateway;
let fourth: CommandedGateway;

/** A patient whose wallet keeps the keys of the organisations that read her documents: it needs no custodian to sign. */
class SteadyPatient extends TestPatient {
  #known: readonly Recipient[] | undefined;

  override async recipients(mspId: string): Promise<readonly Recipient[]> {
    return (this.#known ??= await super.recipients(mspId));
  }

  /** The wallet's next revocation, ready to be sent anywhere, and again. */
  async signRevocation(): Promise<{ readonly consent: string }> {
    const { wallet, request } = await revokeConsent(this.wallet, this.relationRef as never);
    this.wallet = wallet;
    return request;
  }

  async signPermission(mspId: string): Promise<object> {
    const sets = [
      {
        base: 'deny' as const,
        exceptions: [{ decision: 'permit' as const, categories: ['laboratory' as const], purposes: ['TREAT' as const] }],
      },
    ];
    const wish = { sets, validity: null };
    const { wallet, request } = await signConsent(this.wallet, this.relationRef as never, wish, await this.recipients(mspId));
    this.wallet = wallet;
    return request;
  }
}

async function newPatient(at: CommandedGateway, other: CommandedGateway): Promise<SteadyPatient> {
  const patient = new SteadyPatient(network, at.mspId);
  expect((await patient.register()).status).toBe(201);
  expect((await patient.import(newBundle(2))).status).toBe(201);
  expect((await patient.checkIn(other.mspId)).status).toBe(201);
  expect((await patient.consent(other.mspId, ['laboratory'])).status).toBe(201);
  return patient;
}

/** What an organisation's own peer has of a relation's consents. */
async function readConsents({ connection, mspId }: CommandedGateway, { relationRef }: TestPatient): Promise<readonly ConsentEntry[]> {
  const opened = openContract(connection);
  try {
    const call = { arguments: [JSON.stringify({ relationRef })], endorsingOrganizations: [mspId] };
    const answer = await opened.contract.evaluate('GetConsents', call);
    return (JSON.parse(Buffer.from(answer).toString()) as { consents: readonly ConsentEntry[] }).consents;
  } finally {
    opened.close();
  }
}

async function expectStatus(patient: TestPatient, status: string, members: readonly CommandedGateway[] = network.gateways): Promise<void> {
  for (const member of members) {
    let newest: ConsentEntry | undefined;
    await until(
      `the peer of ${member.mspId} has it`,
      async () => (newest = (await readConsents(member, patient)).at(-1))?.status === status,
    );
    expect(newest).not.toHaveProperty('forged');
  }
}

/** As a wallet does: sends the same again until it is on the ledger. */
async function sendUntilRecorded(gateway: CommandedGateway, body: object): Promise<Answer> {
  let answer: Answer | undefined;
  await until('it is recorded', async () => (answer = await gateway.send('/api/consents', { body })).status === 201);
  return answer!;
}

beforeAll(async () => {
  topology = newAlteredChaincode('lying-chaincode');
});

describe('no single member', () => {
  beforeAll(async () => {
    network = await CommandedNetwork.create(topology.name);
    await network.up();
    faults = new FabricFaults(network);
    [custodian, counterparty, liar, fourth] = network.gateways as [CommandedGateway, CommandedGateway, CommandedGateway, CommandedGateway];
  });

  afterAll(async () => {
    await network.remove();
    topology.remove();
  });

  describe('whose chaincode answers with other writes', () => {
    let patient: SteadyPatient;
    let revocation: { readonly consent: string };

    beforeAll(async () => {
      patient = await newPatient(custodian, counterparty);
      revocation = await patient.signRevocation();
      writeFileSync(join(topology.folder, 'lies'), '');
    });

    afterAll(() => {
      rmSync(join(topology.folder, 'lies'));
    });

    test('gets no endorsement beside its own, and nothing is written', async () => {
      const { status, body } = await liar.send('/api/consents', { body: revocation });
      expect(status).toBeGreaterThanOrEqual(500);
      expect(['LEDGER_UNKNOWN', 'LEDGER_UNAVAILABLE']).toContain((body as { code: string }).code);
      await expectStatus(patient, 'in-force');
      for (const member of network.gateways) expect(await readConsents(member, patient)).toHaveLength(2);
    });

    test('writes nothing with its own endorsement alone: the transaction is ordered and marked invalid', async () => {
      const opened = openContract(liar.connection);
      const call = { arguments: [JSON.stringify({ consent: revocation.consent })], endorsingOrganizations: [liar.mspId] };
      const submitted = await (await opened.contract.newProposal('RecordConsent', call).endorse()).submit();
      expect((await submitted.getStatus()).code).toBe(ENDORSEMENT_POLICY_FAILURE);
      opened.close();
      for (const member of network.gateways) expect(await readConsents(member, patient)).toHaveLength(2);
    });

    test('keeps nobody from writing what is true: the others pass it over', async () => {
      expect((await sendUntilRecorded(fourth, revocation)).status).toBe(201);
      await expectStatus(patient, 'revoked');
      const others = await Promise.all(
        Array.from({ length: 12 }, async (_, at) => {
          const other = new TestPatient(network, [custodian, counterparty, fourth][at % 3]!.mspId);
          return other.register();
        }),
      );
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 201));
    });
  });

  describe('whose peer signs altered answers', () => {
    let patient: SteadyPatient;
    let revocation: { readonly consent: string };
    let opened: OpenContract;

    beforeAll(async () => {
      patient = await newPatient(custodian, counterparty);
      revocation = await patient.signRevocation();
      opened = openContract(liar.connection);
    });

    afterAll(() => {
      opened.close();
    });

    /** A peer's own identity, as a member has it at hand; or another member's certificate with that key. */
    const endorserOf = (mspId: string, keyOf = mspId): Endorser => {
      const peerOf = (wanted: string) => faults.topology.organisations.find((each) => each.mspId === wanted)!.identities.peer;
      return { mspId, certificate: peerOf(mspId).certificate, privateKey: peerOf(keyOf).privateKey };
    };

    const forgeries: [string, () => Pick<Forgery, 'endorsers' | 'keeps'>][] = [
      ['alone', () => ({ endorsers: [endorserOf(liar.mspId)], keeps: false })],
      ['several times', () => ({ endorsers: [endorserOf(liar.mspId), endorserOf(liar.mspId)], keeps: false })],
      ['beside the endorsement that another gave to the true answer', () => ({ endorsers: [endorserOf(liar.mspId)], keeps: true })],
      [
        'and in the name of another, whose key it does not have',
        () => ({ endorsers: [endorserOf(liar.mspId), endorserOf(custodian.mspId, liar.mspId)], keeps: false }),
      ],
    ];

    test.each(forgeries)('%s, writes nothing: the transaction is ordered and marked invalid', async (_how, forgery) => {
      const call = { arguments: [JSON.stringify({ consent: revocation.consent })] };
      const honest = await opened.contract.newProposal('RecordConsent', call).endorse();
      const forged = forgeEndorsement(honest.getBytes(), { from: '"revoked"', to: '"in-force"', ...forgery() });
      const submitted = await opened.gateway.newTransaction(forged).submit();
      expect((await submitted.getStatus()).code).toBe(ENDORSEMENT_POLICY_FAILURE);
      for (const member of network.gateways) expect(await readConsents(member, patient)).toHaveLength(2);
    });

    test('with a second member it would write: what keeps it out is that no other signs', async () => {
      const call = { arguments: [JSON.stringify({ consent: revocation.consent })] };
      const honest = await opened.contract.newProposal('RecordConsent', call).endorse();
      const both = [endorserOf(liar.mspId), endorserOf(fourth.mspId)];
      const forged = forgeEndorsement(honest.getBytes(), { from: '"revoked"', to: '"in-force"', endorsers: both, keeps: false });
      expect((await (await opened.gateway.newTransaction(forged).submit()).getStatus()).code).toBe(0);
    });
  });

  describe('whose nodes are all down, the orderers’ leader among them,', () => {
    let patient: SteadyPatient;
    const own = (): string[] => NODES.map((kind) => `${kind}-northside`);
    const others = (): CommandedGateway[] => [counterparty, liar, fourth];

    beforeAll(async () => {
      patient = await newPatient(custodian, counterparty);
      await faults.keepDown(...own());
    });

    test('keeps its own patient from taking a consent back', async () => {
      expect((await sendUntilRecorded(fourth, await patient.signRevocation())).status).toBe(201);
      await expectStatus(patient, 'revoked', others());
    });

    test('keeps its own patient from giving a consent', async () => {
      expect((await sendUntilRecorded(counterparty, await patient.signPermission(counterparty.mspId))).status).toBe(201);
      await expectStatus(patient, 'in-force', others());
    });

    test('keeps the others from registering, importing, asking and releasing', async () => {
      const theirs = await newPatient(counterparty, liar);
      const { body } = await ask(liar, theirs.relationRef, ['laboratory']);
      expect(body).toMatchObject({ status: 'released' });
    });

    test('has all of it when it is back, and decides by it', async () => {
      await faults.revive(...own());
      await expectStatus(patient, 'in-force');
      await until('its gateway decides', async () => {
        const answer = await ask(counterparty, patient.relationRef, ['laboratory']);
        return (answer.body as { status?: string }).status === 'released';
      });
      await untilLevel(faults.topology);
      await proveChains(faults.topology, 0, true);
    });
  });
});
