import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import {
  billedItemMessage,
  claimPreimage,
  claimRef,
  formatCanonical,
  formatUtf8,
  parseBase64url,
  type ClaimBody,
  type ClaimBodyLine,
  type RelatedClaim,
} from '@medaccord/chaincode/model';
import { commit, newSalt, seal, type SealingPublicKey } from '../../src/crypto';
import { digestOf } from '../../src/ledger/digest';
import type { TestConsortium } from './test-consortium';
import type { TestCoverage } from './test-coverage';

/** What a line of a test bills, unless it says otherwise: a visit on the last day of January, for 100.00. */
export interface TestLine {
  readonly code?: string;
  readonly day?: string;
  readonly charge?: number;
  readonly units?: number;
  /** Places of the imported records; the first is that of the item. */
  readonly records?: readonly number[];
  readonly authorization?: string;
}

/** How a claim is made. */
export interface TestBilling {
  readonly claimId?: string;
  readonly use?: ClaimBody['use'];
  readonly related?: RelatedClaim;
  readonly currency?: string;
  /** What the hospital seals instead of the body that it commits to. */
  readonly change?: (body: ClaimBody) => ClaimBody;
  readonly tags?: readonly string[];
  readonly daysAgo?: number;
}

export interface TestClaim {
  readonly claimId: string;
  readonly body: ClaimBody;
  /** What is sealed to the insurer. */
  readonly envelope: string;
}

const system = 'http://snomed.info/sct';
/** Ambulatory, problem-oriented, well-child and follow-up visits. */
export const visits = ['185345009', '185347001', '210098006', '371883000'] as const;

/** A hospital that bills by hand: what its gateway does for it, without its gateway. */
export class TestClaims {
  /** By their places in the bundle, the Patient left out. */
  readonly records: { readonly recordId: string; readonly type: string }[] = [];

  constructor(
    readonly consortium: TestConsortium,
    readonly coverage: TestCoverage,
  ) {}

  /** Procedures of the patient, one for each item that is billed. */
  async treat(procedures: number): Promise<void> {
    const { patient } = this.coverage;
    const person = `urn:uuid:${randomUUID()}`;
    const entry = (fullUrl: string, resource: { readonly resourceType: string }): object => ({
      fullUrl,
      resource,
      request: { method: 'POST', url: resource.resourceType },
    });
    const subject = { reference: person };
    const done = Array.from({ length: procedures }, () =>
      entry(`urn:uuid:${randomUUID()}`, {
        resourceType: 'Procedure',
        status: 'completed',
        subject,
        code: { coding: [{ system, code: '185345009' }] },
      } as never),
    );
    const bundle = {
      resourceType: 'Bundle',
      type: 'transaction',
      entry: [entry(person, { resourceType: 'Patient', name: [{ family: 'Example' }] } as never), ...done],
    };
    const { body } = await patient.import(bundle);
    for (const { recordId, reference } of body.resources as { recordId: string; reference: string }[]) {
      const [type = ''] = reference.split('/');
      if (type === 'Procedure') this.records.push({ recordId, type });
    }
  }

  /** Makes a claim, whose header goes on the ledger; its body is not delivered. */
  async submit(lines: readonly TestLine[], more: TestBilling = {}): Promise<TestClaim> {
    const { use = 'claim', related = null, change = (body) => body, claimId = randomBytes(16).toString('base64url') } = more;
    const { relationRef } = this.coverage.patient;
    const made = {
      ...{
        relationRef,
        claimId,
        use,
        coverageId: this.coverage.coverageId,
        related,
        type: 'professional',
        currency: more.currency ?? 'USD',
      },
      lines: lines.map((line, at) => this.#newLine(line, at)),
      salt: newSalt(),
    } as unknown as ClaimBody;
    const tags = more.tags ?? (use === 'claim' ? made.lines.map(tagOf) : []);
    const body = change(made);
    const [own, envelope] = await Promise.all(['AlphaMSP', this.coverage.insurer].map((to) => this.#seal(to, made, formatCanonical(body))));
    const request = {
      ...{ relationRef, claimId, use, coverageId: this.coverage.coverageId, related, tags },
      body: await commit(claimPreimage(made)),
      sealed: { AlphaMSP: digestOf(own ?? ''), [this.coverage.insurer]: digestOf(envelope ?? '') },
    };
    await this.#send('SubmitClaim', request, {
      organisations: ['AlphaMSP', 'BetaMSP'],
      input: { envelope: own ?? '' },
      daysAgo: more.daysAgo,
    });
    return { claimId, body, envelope: envelope ?? '' };
  }

  /** Brings the body to the insurer. */
  async deliver({ claimId, envelope }: TestClaim): Promise<void> {
    const ref = claimRef(this.coverage.patient.relationRef as never, claimId as never);
    const request = { organisation: this.coverage.insurer, keys: [ref] };
    await this.#send('StoreSealed', request, { organisations: [this.coverage.insurer], input: { envelopes: [envelope] } });
  }

  async bill(lines: readonly TestLine[], more: TestBilling = {}): Promise<TestClaim> {
    const claim = await this.submit(lines, more);
    await this.deliver(claim);
    return claim;
  }

  #newLine(
    { code = '185345009', day = '2026-01-31', charge = 10_000, units = 1, records = [0], authorization }: TestLine,
    at: number,
  ): object {
    const { index } = this.consortium.gateway('AlphaMSP').store;
    const named = records.map((place) => {
      const { recordId, type } = this.records[place] ?? { recordId: '', type: '' };
      return { recordId, version: 1, type, subjectSalt: index.findVersion(recordId, 1)?.salts.subject };
    });
    const [{ recordId, subjectSalt } = {}] = named;
    const more = authorization === undefined ? {} : { authorization };
    return { sequence: at + 1, service: { system, code }, day, units, charge, ...more, records: named, item: { recordId, subjectSalt } };
  }

  async #seal(to: string, { relationRef, claimId }: ClaimBody, text: string): Promise<string> {
    const key = (await this.coverage.patient.recipients(this.coverage.insurer)).find(({ mspId }) => mspId === to)?.key as SealingPublicKey;
    return seal(key, { ...claimRef(relationRef, claimId), recipient: to }, formatUtf8(text));
  }

  async #send(
    transaction: string,
    request: object,
    { organisations, input, daysAgo = 0 }: { organisations: readonly string[]; input: object; daysAgo?: number | undefined },
  ): Promise<void> {
    const { ledger } = this.consortium;
    const as = await ledger.twin.identity('AlphaMSP', 'gateway');
    const call = { transaction, request, organisations, transient: { input: formatCanonical(input) } };
    const { code } = ledger.commit(await ledger.endorse(as, transaction, call, daysAgo * 24 * 3_600_000));
    if (code !== 0) throw new Error(`${transaction} was invalid: ${String(code)}`);
  }
}

function tagOf(line: ClaimBodyLine): string {
  return createHmac('sha256', parseBase64url(line.item.subjectSalt) ?? '')
    .update(billedItemMessage(line))
    .digest('base64url');
}
