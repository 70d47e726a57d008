import './support/quiet';
import { ClaimsContract } from '../src/contracts/claims-contract';
import { MedaccordContract } from '../src/contracts/medaccord-contract';
import { Evaluate, policiesOf, Submit } from '../src/contracts/policy';
import { requests, rulesKey, staffRoles, type TransactionName } from '../src/model';
import { ConsortiumTwin, refusalOf } from './support/consortium-twin';
import { newConsortium, HOSPITAL } from './support/story';

/** Every transaction, who may call it and how. A change here changes the interface of the consortium. */
const TABLE: Readonly<Record<string, string>> = {
  AdoptRules: 'submit admin',
  ApproveRules: 'submit admin',
  RegisterOrganisation: 'submit role:gateway',
  GetRules: 'evaluate any-member',
  GetRulesApprovals: 'evaluate any-member',
  GetOrganisation: 'evaluate any-member',
  GetOrganisations: 'evaluate any-member',
  RegisterPatient: 'submit role:registrar',
  ReplacePatientKeys: 'submit any-member',
  NameGuardians: 'submit any-member',
  PlaceHold: 'submit role:registrar',
  OpenRecovery: 'submit role:registrar',
  ApproveRecovery: 'submit any-member',
  Veto: 'submit any-member',
  CompleteRecovery: 'submit role:registrar',
  GetPatient: 'evaluate any-member',
  RegisterRelation: 'submit any-member',
  RecordConsent: 'submit any-member',
  GetRelation: 'evaluate any-member',
  GetConsents: 'evaluate any-member',
  RecordNotice: 'submit role:registrar role:records role:physician role:nurse',
  EndAssistedConsent: 'submit role:registrar',
  GetAssistance: 'evaluate any-member',
  RecordDelegation: 'submit any-member',
  AppointDelegate: 'submit role:registrar',
  GetDelegations: 'evaluate any-member',
  SetPatientStatus: 'submit role:registrar',
  GetPatientStatus: 'evaluate any-member',
  StoreRecords: 'submit role:gateway',
  AnchorRecords: 'submit role:gateway',
  CloseGroup: 'submit role:gateway',
  AbandonGroup: 'submit role:gateway',
  SetRecordStatus: 'submit role:records role:gateway',
  DeleteRecords: 'submit role:gateway',
  GetGroup: 'evaluate any-member',
  GetRecordAnchor: 'evaluate any-member',
  GetRecordStatus: 'evaluate any-member',
  RequestAccess: 'submit role:physician role:nurse role:insurer-clerk role:researcher role:public-health-officer',
  DecideRelease: 'submit role:gateway',
  RefuseAccess: 'submit role:gateway',
  DeliverRecords: 'submit role:gateway',
  GetRequest: 'evaluate any-member',
  GetDecision: 'evaluate any-member',
  GetDelivery: 'evaluate any-member',
  ReviewBreakGlass: 'submit role:auditor',
  GetReview: 'evaluate any-member',
  RegisterReferral: 'submit role:physician role:records',
  EndReferral: 'submit role:physician role:records',
  ApproveStudy: 'submit role:ethics-officer',
  EndStudy: 'submit role:ethics-officer',
  GetReferral: 'evaluate any-member',
  GetStudy: 'evaluate any-member',
  RecordDeletion: 'submit role:gateway role:physician role:nurse role:insurer-clerk role:researcher role:public-health-officer',
  RecordRedisclosure: 'submit role:physician role:nurse role:insurer-clerk role:researcher role:public-health-officer',
  RecordConsultations: 'submit role:gateway',
  AnchorAuditRoot: 'submit role:gateway',
  GetAuditRoot: 'evaluate any-member',
  PublishPlan: 'submit role:insurer-clerk',
  GetPlan: 'evaluate any-member',
  RecordCoverage: 'submit role:insurer-clerk role:gateway',
  GetCoverages: 'evaluate any-member',
  SubmitClaim: 'submit role:records role:gateway',
  AcknowledgeClaims: 'submit role:gateway role:insurer-clerk',
  AdjudicateClaims: 'submit role:gateway role:insurer-clerk',
  ConfirmAdjudication: 'submit role:insurer-clerk',
  GetClaim: 'evaluate any-member',
  AppealClaim: 'submit any-member',
  DecideAppeal: 'submit role:insurer-clerk role:ethics-officer',
  GetAppeals: 'evaluate any-member',
  ProposeSettlement: 'submit role:gateway role:insurer-clerk',
  SignSettlement: 'submit role:records role:gateway',
  NotifyPayment: 'submit role:gateway role:insurer-clerk',
  ClearPayment: 'submit role:records role:gateway',
  GetSettlement: 'evaluate any-member',
  StoreSealed: 'submit any-member',
  ReadSealed: 'evaluate role:gateway',
};

describe('the interface of the contract', () => {
  let twin: ConsortiumTwin;
  beforeAll(async () => {
    twin = await newConsortium();
  });

  test('every transaction states who may call it, and the table above is complete', () => {
    const stated = policiesOf(MedaccordContract.prototype).map(({ transaction, kind, allow }) => [
      transaction,
      [kind, ...allow.map(({ name }) => name)].join(' '),
    ]);
    expect(Object.fromEntries(stated)).toEqual(TABLE);
    expect(Object.keys(requests).sort()).toEqual(Object.keys(TABLE).sort());
  });

  test('every public method of the contract is a transaction with a policy', () => {
    const methods = [MedaccordContract, ClaimsContract]
      .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
      .filter((name) => name !== 'constructor');
    expect(methods.sort()).toEqual(Object.keys(TABLE).sort());
  });

  test('a transaction cannot be defined without a policy', () => {
    expect(() => Submit({ allow: [] })).toThrow('states who may call it');
    expect(() => Evaluate({ allow: [] })).toThrow('states who may call it');
    expect(() => Submit(undefined as never)).toThrow();
  });

  test.each(Object.entries(TABLE))('%s is refused to whoever it is not for', async (transaction, policy) => {
    const allowed = policy.split(' ').slice(1);
    const isFor = (name: string): boolean => allowed.includes('any-member') || allowed.includes(name);
    const callers = [
      ['none', undefined] as const,
      ['admin', 'admin'] as const,
      ...staffRoles.map((role) => [`role:${role}`, role] as const),
    ];
    for (const [name, role] of callers) {
      const identity = await twin.identity(HOSPITAL, role);
      const { code } = await refusalOf(twin.endorse(identity, [transaction, '{"unknown":1}'], { endorsers: [HOSPITAL] }));
      expect([name, code]).toEqual([name, isFor(name) ? 'REQUEST_INVALID' : 'CALLER_NOT_ALLOWED']);
    }
  });

  test.each(Object.keys(requests) as TransactionName[])(
    '%s refuses what is not JSON, not an object, or has an unknown or a missing field',
    async (transaction) => {
      const role = (TABLE[transaction] ?? '').split(' ')[1] ?? '';
      const as = await twin.identity(
        HOSPITAL,
        role === 'admin' ? 'admin' : role.startsWith('role:') ? (role.slice(5) as 'gateway') : undefined,
      );
      const bad = ['', '{', 'null', '[]', '"x"', '{"__proto__":{}}', '{"surprise":"Jane Doe"}'];
      for (const text of bad) {
        const refusal = await refusalOf(twin.endorse(as, [transaction, text], { endorsers: [HOSPITAL] }));
        expect(refusal.code).toBe('REQUEST_INVALID');
        expect(JSON.stringify(refusal)).not.toContain('Jane');
      }
      expect(requests[transaction]).toBeDefined();
    },
  );

  test('an unknown transaction is answered with a code', async () => {
    const refusal = await refusalOf(twin.endorse(await twin.identity(HOSPITAL), ['Nothing', '{}'], { endorsers: [HOSPITAL] }));
    expect(refusal).toEqual({ code: 'TRANSACTION_UNKNOWN', details: {} });
    for (const name of ['aroundTransaction', 'createContext', 'unknownTransaction', 'constructor', 'beforeTransaction']) {
      expect((await refusalOf(twin.endorse(await twin.identity(HOSPITAL), [name, '{}'], { endorsers: [HOSPITAL] }))).code).toBe(
        'TRANSACTION_UNKNOWN',
      );
    }
  });

  test('is the published one: names, parameters and kinds as Fabric shows them', async () => {
    const { simulation } = await twin.endorse(await twin.identity(HOSPITAL), ['org.hyperledger.fabric:GetMetadata'], {
      endorsers: [HOSPITAL],
    });
    const metadata = JSON.parse(simulation.payload) as { contracts: Record<string, { transactions: { name: string }[] }> };
    expect(Object.keys(metadata.contracts)).toEqual(['medaccord', 'org.hyperledger.fabric']);
    const transactions = metadata.contracts.medaccord?.transactions ?? [];
    expect([...transactions].sort((one, other) => (one.name < other.name ? -1 : 1))).toMatchSnapshot();
  });

  test('transactions are callable with and without the name of the contract', async () => {
    for (const name of ['GetRules', 'medaccord:GetRules']) {
      const { simulation } = await twin.endorse(await twin.identity(HOSPITAL), [name, '{}'], { endorsers: [HOSPITAL] });
      expect(JSON.parse(simulation.payload)).toMatchObject({ version: 1 });
    }
  });

  test('an error without a code crosses the wire without its text', async () => {
    class FailingContract extends MedaccordContract {
      override GetRules(): Promise<string> {
        return Promise.reject(new Error('Jane Doe'));
      }
    }
    const failing = new ConsortiumTwin([HOSPITAL], { [HOSPITAL]: [FailingContract] });
    const failure = failing.endorse(await failing.identity(HOSPITAL), ['GetRules', '{}'], { endorsers: [HOSPITAL] });
    await expect(failure).rejects.not.toThrow('Jane');
    const refusal = await refusalOf(failure);
    expect(refusal).toEqual({ code: 'INTERNAL', details: {} });
  });

  test('a stored value that is none is not read as one', async () => {
    const broken = new ConsortiumTwin([HOSPITAL]);
    broken.world.values.set(rulesKey(), { value: Buffer.from('{"version":"Jane Doe"}'), version: 1 });
    const refusal = await refusalOf(broken.endorse(await broken.identity(HOSPITAL), ['GetRules', '{}'], { endorsers: [HOSPITAL] }));
    expect(refusal).toEqual({ code: 'STATE_INVALID', details: { type: 'rules' } });
  });

  test('a certificate with a role that nobody knows has none', async () => {
    const stranger = await twin.identity(HOSPITAL, 'director' as never);
    expect((await refusalOf(twin.endorse(stranger, ['StoreRecords', '{}'], { endorsers: [HOSPITAL] }))).code).toBe('CALLER_NOT_ALLOWED');
  });
});
