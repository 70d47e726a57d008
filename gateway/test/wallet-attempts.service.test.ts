import { createServer, request as forward, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingKey, consentKey, parseSigned, type RelationRef } from '@medaccord/chaincode/model';
import { bringConsent, type Ways, type Wish } from '../src/cli/bring-consent';
import { GatewayClient, type Member } from '../src/story';
import { closeRelation, findPending, findRelation, keepPending, revokeConsent, signConsent, type Wallet } from '../src/wallet';
import { readWalletFile, writeWalletFile } from '../src/wallet/wallet-file';
import { members, TestConsortium, waitFor } from './support/test-consortium';
import { TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

type Manner = 'honest' | 'down' | 'fails-afterwards' | 'keeps';

/** The way to one gateway, which can lose what it is given: before, or after it did its work. */
class Way {
  manner: Manner = 'honest';
  readonly kept: string[] = [];
  readonly #server: Server;

  constructor(readonly target: string) {
    this.#server = createServer((incoming, answer) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const isWrite = incoming.method === 'POST';
        if (this.manner === 'down') return void incoming.socket.destroy();
        if (isWrite && this.manner === 'keeps') {
          this.kept.push(Buffer.concat(chunks).toString());
          return void answer.writeHead(201, { 'content-type': 'application/json' }).end('{"version":99,"transactionId":"made up"}');
        }
        const { host: _, ...headers } = incoming.headers;
        const onward = forward(this.target + (incoming.url ?? ''), { method: incoming.method, headers }, (back) => {
          if (isWrite && this.manner === 'fails-afterwards') {
            back.resume();
            back.on('end', () => answer.writeHead(500, { 'content-type': 'application/json' }).end('{"code":"INTERNAL"}'));
          } else {
            answer.writeHead(back.statusCode ?? 500, back.headers);
            back.pipe(answer);
          }
        });
        onward.end(Buffer.concat(chunks));
      });
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-wallet-'));
const file = join(folder, 'wallet.json');
const wayTo = new Map<string, Way>();
let patient: TestPatient;
let ways: Ways;

beforeAll(async () => {
  await consortium.start();
  for (const { mspId } of members) wayTo.set(mspId, await new Way(consortium.gateway(mspId).url).open());
}, 30_000);

beforeEach(async () => {
  for (const way of wayTo.values()) way.manner = 'honest';
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP', 'AlphaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  ways = {
    members: members.map((member): Member => ({ ...member, gateway: wayTo.get(member.mspId)!.url })),
    clientOf: ({ gateway }) => new GatewayClient(gateway, { allMs: 100, attemptMs: 5_000 }),
    save: (wallet) => writeWalletFile(file, wallet),
  };
  await writeWalletFile(file, patient.wallet);
});

afterAll(async () => {
  for (const way of wayTo.values()) way.close();
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

const manner = (mspId: string, how: Manner): Manner => (wayTo.get(mspId)!.manner = how);
const allAre = (how: Manner): void => members.forEach(({ mspId }) => manner(mspId, how));
const relation = (): RelationRef => patient.relationRef as RelationRef;
const revocation = (): Wish => ({
  relationRef: relation(),
  isMetBy: ({ status }) => status === 'revoked',
  sign: (wallet) => revokeConsent(wallet, relation()),
});
const bring = async (wish: Wish = revocation()): ReturnType<typeof bringConsent> => bringConsent(ways, await readWalletFile(file), wish);
const pendingOf = (wallet: Wallet): string | undefined => findPending(wallet, relation())?.request.consent;

/** Versions and states on the ledger, as the gateway of a member that nothing was lost on has them. */
async function readLedger(): Promise<(readonly [number, string])[]> {
  const gateway = consortium.gateway('GammaMSP');
  const token = await patient.token('GammaMSP');
  const { body } = await gateway.send(`/api/relations/${relation()}/consents`, { token });
  return (body as { consents: { version: number; status: string }[] }).consents.map(({ version, status }) => [version, status]);
}

const REVOKED = [
  [1, 'in-force'],
  [2, 'in-force'],
  [3, 'revoked'],
];

describe('a revocation that did not arrive', () => {
  it('because no gateway answered is made again from the wallet, the same signed request, with one effect', async () => {
    allAre('down');
    await expect(bring()).rejects.toMatchObject({ code: 'CONSENT_NOT_CONFIRMED' });
    const signed = pendingOf(await readWalletFile(file));
    expect(signed).toBeDefined();
    await expect(bring()).rejects.toMatchObject({ code: 'CONSENT_NOT_CONFIRMED' });
    expect(pendingOf(await readWalletFile(file))).toBe(signed);
    allAre('honest');
    expect(await bring()).toMatchObject({ version: 3 });
    expect(await readLedger()).toEqual(REVOKED);
    expect(findRelation(await readWalletFile(file), relation())).toMatchObject({ consentVersion: 3 });
    expect(pendingOf(await readWalletFile(file))).toBeUndefined();
  });

  it("because the custodian's gateway is down goes through another member's at once", async () => {
    manner('AlphaMSP', 'down');
    expect(await bring()).toMatchObject({ version: 3 });
    expect(await readLedger()).toEqual(REVOKED);
  });

  it('as far as the answer tells, though it did, is not made twice', async () => {
    allAre('fails-afterwards');
    await expect(bring()).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(await readLedger()).toEqual(REVOKED);
    expect(pendingOf(await readWalletFile(file))).toBeDefined();
    allAre('honest');
    expect(await bring()).toMatchObject({ version: 3, transactionId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(await readLedger()).toEqual(REVOKED);
  });

  it('because a gateway kept it and said otherwise goes through another, and what was kept has no effect later', async () => {
    manner('AlphaMSP', 'keeps');
    expect(await bring()).toMatchObject({ version: 3, transactionId: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
    expect(await readLedger()).toEqual(REVOKED);
    const [kept = ''] = wayTo.get('AlphaMSP')!.kept;
    await consortium.gateway('AlphaMSP').send('/api/consents', { body: JSON.parse(kept) as object });
    expect(await readLedger()).toEqual(REVOKED);
  });

  it('in its time is signed again under the same number', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 11 * 60_000);
    const { wallet, request } = await revokeConsent(patient.wallet, relation());
    clock.mockRestore();
    expect((await consortium.gateway('AlphaMSP').send('/api/consents', { body: request })).body.code).toBe('CONSENT_SUBMITTED_LATE');
    await writeWalletFile(file, keepPending(wallet, relation(), request));
    expect(await bring()).toMatchObject({ version: 3 });
    expect(await readLedger()).toEqual(REVOKED);
  });
});

describe('a closing', () => {
  const end = (): Wish => ({
    relationRef: relation(),
    isMetBy: ({ status }) => status === 'closed',
    sign: (wallet) => closeRelation(wallet, relation()),
  });
  const marker = (): string | undefined => consortium.ledger.twin.world.values.get(closingKey(relation(), 1))?.value.toString();

  it('stands on the ledger with its marker', async () => {
    expect(await bring(end())).toMatchObject({ version: 3 });
    expect(await readLedger()).toEqual([...REVOKED.slice(0, 2), [3, 'closed']]);
    expect(JSON.parse(marker() ?? '')).toEqual({ relationRef: relation(), number: 1, version: 3 });
  });

  it('that two members recorded without its marker gets it, though the gateway that took it says it is done', async () => {
    const { wallet, request } = await closeRelation(patient.wallet, relation());
    await writeWalletFile(file, keepPending(wallet, relation(), request));
    const { payload } = parseSigned('consent', request.consent, 'consent');
    const entry = JSON.stringify({ ...payload, jws: request.consent, recordedAt: payload.issuedAt });
    consortium.ledger.forge({ [consentKey(relation(), 3)]: entry });
    await waitFor(async () => (await readLedger()).length === 3, 5_000);
    expect(marker()).toBeUndefined();
    manner('AlphaMSP', 'keeps');
    expect(await bring(end())).toMatchObject({ version: 3 });
    expect(JSON.parse(marker() ?? '')).toMatchObject({ version: 3 });
    expect(pendingOf(await readWalletFile(file))).toBeUndefined();
  });

  it('that no gateway takes again stays pending', async () => {
    allAre('fails-afterwards');
    await expect(bring(end())).rejects.toMatchObject({ code: 'INTERNAL' });
    await expect(bring(end())).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(pendingOf(await readWalletFile(file))).toBeDefined();
    allAre('honest');
    expect(await bring(end())).toMatchObject({ version: 3 });
  });
});

describe('the next number', () => {
  it('is taken from the ledger, not from what the wallet counted', async () => {
    await writeWalletFile(file, { ...patient.wallet, relations: patient.wallet.relations.map((one) => ({ ...one, consentVersion: 7 })) });
    expect(await bring()).toMatchObject({ version: 3 });
    expect(await readLedger()).toEqual(REVOKED);
  });

  it('of a revocation passes a consent that was pending and arrived after all', async () => {
    const recipients = await patient.recipients('BetaMSP');
    const sets = [{ base: 'permit' as const, exceptions: [] }];
    const consent: Wish = {
      relationRef: relation(),
      isMetBy: ({ status }) => status === 'in-force',
      sign: (wallet) => signConsent(wallet, relation(), { sets, validity: null }, recipients),
    };
    allAre('fails-afterwards');
    await expect(bring(consent)).rejects.toMatchObject({ code: 'INTERNAL' });
    allAre('honest');
    expect(await bring()).toMatchObject({ version: 4 });
    expect(await readLedger()).toEqual([...REVOKED.slice(0, 2), [3, 'in-force'], [4, 'revoked']]);
  });
});
