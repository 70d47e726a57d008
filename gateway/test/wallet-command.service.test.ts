import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { organisationKey, type Organisation, type ReferralId } from '@medaccord/chaincode/model';
import type { CliConfig } from '../src/cli/config';
import { wallet } from '../src/cli/wallet';
import { findRelation } from '../src/wallet';
import { readWalletFile, writeWalletFile } from '../src/wallet/wallet-file';
import { writeConnections } from './support/connection-folder';
import { TestConsortium, waitFor } from './support/test-consortium';
import { TestCoverage } from './support/test-coverage';
import { ask, newBundle, TestPatient } from './support/test-patient';

jest.setTimeout(30_000);

const consortium = new TestConsortium();
const folder = mkdtempSync(join(tmpdir(), 'medaccord-wallet-'));
const file = join(folder, 'wallet.json');
const config: CliConfig = { walletPassphrase: 'her own', colour: false, isTerminal: false, sampleBundle: '', program: 'medaccord' };
let patient: TestPatient;

beforeAll(async () => {
  await consortium.start();
  writeConnections(folder, consortium);
}, 30_000);

beforeEach(async () => {
  patient = new TestPatient(consortium, 'AlphaMSP');
  await patient.register();
  await patient.checkIn('BetaMSP', 'AlphaMSP');
  expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  await writeWalletFile(file, patient.wallet, config.walletPassphrase);
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await consortium.stop();
});

/** What the command prints; its options name the network and the wallet. */
async function run(action: string, ...argv: string[]): Promise<string> {
  const lines: string[] = [];
  const out = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  try {
    expect(await wallet([action, '--connections', folder, '--wallet', file, ...argv], config)).toBe(0);
  } finally {
    out.mockRestore();
  }
  return lines.join('');
}

/** States of the relation's consents, as the gateway of a member that was not asked to record them has them. */
async function readLedger(): Promise<string[]> {
  const token = await patient.token('GammaMSP');
  const { body } = await consortium.gateway('GammaMSP').send(`/api/relations/${patient.relationRef}/consents`, { token });
  return (body as { consents: { status: string }[] }).consents.map(({ status }) => status);
}

const actorOf = (mspId: string): object => ({
  role: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] },
  reference: { type: 'Organization', identifier: { system: 'urn:medaccord:member', value: mspId } },
});

describe('the wallet command', () => {
  it('revokes: nothing is permitted, and she may consent again', async () => {
    expect(await run('revoke')).toMatch(/^Revoked: version 3 of the consent is on the ledger, transaction [0-9a-f]{64}\.\n$/);
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'revoked']);
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  });

  it('closes a relation for good: no consent can follow', async () => {
    expect(JSON.parse(await run('close', '--json'))).toMatchObject({ relationRef: patient.relationRef, version: 3 });
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'closed']);
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    expect(findRelation(patient.wallet, patient.relationRef)).toMatchObject({ consentVersion: 3 });
    expect(await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).toMatchObject({ status: 422, body: { code: 'RELATION_CLOSED' } });
    await expect(run('revoke')).rejects.toMatchObject({ code: 'RELATION_CLOSED' });
  });

  it('renews a relation: fresh keys with the same member, and the old one closed', async () => {
    expect(await run('renew')).toMatch(/^Relation [\w-]{22} is on the ledger, .* It permits nothing yet\.\nClosed for good: version 3 /);
    expect(await readLedger()).toEqual(['in-force', 'in-force', 'closed']);
    const { relations } = await readWalletFile(file, config.walletPassphrase);
    const [old, fresh] = relations.slice(-2);
    expect(fresh).toMatchObject({ subjectRef: old?.subjectRef, counterparty: 'BetaMSP', kinds: ['care'], consentVersion: 1 });
    patient.wallet = await readWalletFile(file, config.walletPassphrase);
    patient.relationRef = fresh?.relationRef ?? '';
    expect((await patient.consent('BetaMSP', ['laboratory'], 'AlphaMSP')).status).toBe(201);
  });

  it('shows with each request what it named as its proof, and the referrals that there are', async () => {
    const alpha = consortium.gateway('AlphaMSP');
    const validity = { from: '2026-01-01T00:00:00.000Z', until: '2099-01-01T00:00:00.000Z' };
    const { body } = await alpha.send('/api/referrals', {
      token: await alpha.token('physician'),
      key: randomUUID(),
      body: { relationRef: patient.relationRef, validity },
    });
    const { referralId } = body as { referralId: ReferralId };
    const asked = await ask(consortium.gateway('BetaMSP'), patient.relationRef, ['laboratory'], {
      proof: { kind: 'referral', referralId },
    });
    expect(asked.body.status).toBe('refused');
    const lines = (await run('history')).split('\n');
    expect(lines).toContainEqual(expect.stringMatching(/referral +by AlphaMSP, until 2099-01-01T00:00:00\.000Z$/));
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`BetaMSP asks, TREAT, referral ${referralId}$`)));
    expect(lines).toContainEqual(
      expect.stringMatching(new RegExp(`refused, 0 resources, consent 2, referral ${referralId} \\(nothing-held\\)$`)),
    );
    const path = `/api/referrals/${referralId}/end`;
    await alpha.send(path, { token: await alpha.token('records'), body: { relationRef: patient.relationRef } });
    expect(await run('history')).toMatch(/referral +by AlphaMSP, ended$/m);
  });

  it('shows a policy in words, signs it, and tells it as FHIR again', async () => {
    const words = await run('consent', '--policy', 'basic-normal', '--until', '2099-12-31', '--dry-run');
    expect(words).toBe(
      'For BetaMSP, data at AlphaMSP:\n' +
        '  Valid until 2100-01-01T00:00:00.000Z, not included.\n' +
        '  Everything is denied, except:\n' +
        '    permitted: for TREAT or a purpose below; data at most as confidential as N\n',
    );
    expect(await readLedger()).toEqual(['in-force', 'in-force']);
    const signed = await run('consent', '--policy', 'basic-normal', '--until', '2099-12-31');
    expect(signed).toMatch(
      /^For BetaMSP[^]*\nSigned for BetaMSP: version 3 of the consent is on the ledger, transaction [0-9a-f]{64}\.\n$/,
    );
    expect(JSON.parse(await run('consent', '--export'))).toMatchObject({
      resourceType: 'Consent',
      status: 'active',
      policy: [{ uri: 'https://profiles.ihe.net/ITI/PCF/Policy-basic-normal' }],
      provision: {
        type: 'permit',
        period: { end: '2099-12-31T23:59:59.999Z' },
        purpose: [{ code: 'TREAT' }],
        securityLabel: [{ code: 'N' }],
      },
    });
  });

  it('signs a FHIR Consent for every organisation that it names, and gives the same back', async () => {
    await patient.checkIn('GammaMSP', 'AlphaMSP');
    await writeWalletFile(file, patient.wallet, config.walletPassphrase);
    const consent = JSON.parse(await run('consent', '--export')) as { provision: { type: string; provision: unknown } };
    consent.provision = {
      ...consent.provision,
      type: 'permit',
      provision: [
        {
          type: 'deny',
          actor: [actorOf('GammaMSP')],
          purpose: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HMARKT' }],
        },
      ],
    };
    writeFileSync(join(folder, 'consent.json'), JSON.stringify({ ...consent, policy: [{ uri: 'urn:medaccord:policy:consent-rule' }] }));
    const told = JSON.parse(await run('consent', '--fhir', join(folder, 'consent.json'), '--json')) as { consents: object[] };
    expect(told.consents).toMatchObject([
      { counterparty: 'BetaMSP', version: 3 },
      { counterparty: 'GammaMSP', version: 2 },
    ]);
    const back = JSON.parse(await run('consent', '--export')) as typeof consent & { sourceAttachment: { data: string } };
    expect(back.provision).toEqual(consent.provision);
    expect(JSON.parse(atob(back.sourceAttachment.data))).toHaveLength(2);
    writeFileSync(join(folder, 'consent.json'), JSON.stringify({ ...back, status: 'inactive' }));
    expect(await run('consent', '--fhir', join(folder, 'consent.json'))).toMatch(/Nothing is permitted: the consent is revoked/);
    expect(JSON.parse(await run('consent', '--export'))).toMatchObject({ status: 'inactive', provision: consent.provision });
  });

  it('refuses a FHIR Consent that says what it cannot sign, and signs nothing', async () => {
    const consent = JSON.parse(await run('consent', '--export')) as { provision: object };
    const odd = { ...consent, provision: { ...consent.provision, action: [{ text: 'print' }] } };
    writeFileSync(join(folder, 'consent.json'), JSON.stringify(odd));
    await expect(run('consent', '--fhir', join(folder, 'consent.json'))).rejects.toMatchObject({
      code: 'FHIR_CONSENT_NOT_SUPPORTED',
      place: 'Consent.provision.action',
    });
    expect(await readLedger()).toEqual(['in-force', 'in-force']);
    await expect(run('consent')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run('consent', '--policy', 'share-all')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('checks the receipt of a release with the key that its custodian had then', async () => {
    await patient.import(newBundle(1));
    const beta = consortium.gateway('BetaMSP');
    expect((await ask(beta, patient.relationRef, ['laboratory'])).body.status).toBe('released');
    const read = async (): Promise<{ outcome?: string; isSigned?: boolean }[]> =>
      (JSON.parse(await run('history', '--json')) as { entries: { outcome?: string; isSigned?: boolean }[] }).entries.filter(
        ({ outcome }) => outcome === 'released',
      );
    expect(await read()).toMatchObject([{ isSigned: true }]);
    const { facts } = consortium.gateway('AlphaMSP').store;
    const entry = facts.find<Organisation>('organisation', 'AlphaMSP')?.value as Organisation;
    const { signing } = consortium.gateway('GammaMSP').keys;
    const { length } = consortium.ledger.blocks;
    consortium.ledger.forge({ [organisationKey(entry.mspId)]: JSON.stringify({ ...entry, signing: signing.publicJwk }) });
    await waitFor(() => facts.height > length, 5_000);
    expect(await read()).toMatchObject([{ isSigned: true }]);
    const list = jest.spyOn(facts.signingKeys, 'list').mockReturnValue([{ key: signing.publicJwk, since: 0 }]);
    expect(await read()).toMatchObject([{ isSigned: false }]);
    list.mockRestore();
    consortium.ledger.forge({ [organisationKey(entry.mspId)]: JSON.stringify(entry) });
    await waitFor(() => facts.height > length + 1, 5_000);
  });

  it('previews a draft in words: who would see what, and what changes', async () => {
    await patient.import(newBundle(2));
    const draft = {
      sets: [{ base: 'deny', exceptions: [{ decision: 'permit', categories: ['demographics'], departments: ['cardiology'] }] }],
    };
    const document = join(folder, 'draft.json');
    writeFileSync(document, JSON.stringify(draft));
    const told = (await run('preview', '--document', document)).split('\n');
    expect(told[0]).toBe('What BetaMSP would see of your 3 records, if you signed this now (version 2 counts today):');
    const at = told.indexOf('  somebody of cardiology, for TREAT: 1 record instead of 2; 1 more, 2 no longer');
    expect(at).toBeGreaterThan(0);
    expect(told.slice(at + 1, at + 3)).toEqual([
      '    demographics: 1 permitted (now: no-permit)',
      '    laboratory: 2 no-permit (now: permitted)',
    ]);
    expect(told).toContain('  anybody else, for TREAT: no record instead of 2; 2 no longer');
    expect(await readLedger()).toHaveLength(2);
  });

  it('says what is wrong with the file of a draft', async () => {
    await expect(run('preview')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(run('preview', '--document', join(folder, 'none.json'))).rejects.toMatchObject({ code: 'DRAFT_UNREADABLE' });
    writeFileSync(join(folder, 'bad.json'), '[');
    await expect(run('preview', '--document', join(folder, 'bad.json'))).rejects.toMatchObject({ code: 'DRAFT_UNREADABLE' });
  });

  it('tells what her insurer offers in words, the plan too, and signs what she accepts', async () => {
    await patient.checkIn('GammaMSP', 'GammaMSP', ['cover']);
    await writeWalletFile(file, patient.wallet, config.walletPassphrase);
    const coverage = new TestCoverage(patient);
    await coverage.publish();
    expect(await run('coverage')).toBe('GammaMSP offers nothing that you have not signed.\n');
    await coverage.offer({ isInNetwork: false });
    const told = await run('coverage');
    for (const words of [
      'GammaMSP covers what AlphaMSP does for you from 2020-01-01 on, without an end, by its plan demonstration',
      'AlphaMSP does not belong to its network: you may bear more.',
      'The patient bears the first 500.00 of a year where the deductible applies.',
      `To sign: wallet coverage --accept ${coverage.coverageId}`,
    ])
      expect(told).toContain(words);
    await expect(run('coverage', '--accept', 'A'.repeat(22))).rejects.toMatchObject({ code: 'OFFER_UNKNOWN' });

    const signed = JSON.parse(await run('coverage', '--accept', coverage.coverageId, '--json')) as object;
    expect(signed).toMatchObject({ coverageId: coverage.coverageId, version: 1 });
    expect(await run('coverage')).toBe('GammaMSP offers nothing that you have not signed.\n');
    await consortium.untilFollowing();
    expect(await run('history', '--relation', patient.relationRef)).toMatch(/coverage {8}GammaMSP covers you: active, version 1 of /);
  });

  it('says which words it takes', async () => {
    await expect(run('forget')).rejects.toThrow(
      'wallet forget: must be one of show, history, audit, consent, revoke, close, renew, token, preview, coverage, claims, dispute, recover.',
    );
  });
});
