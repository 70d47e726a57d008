import { readFile } from 'node:fs/promises';
import {
  adjudicate,
  formatCanonical,
  parseAccumulators,
  parseBenefitPlan,
  type Adjudication,
  type BenefitPlan,
  type BilledClaim,
  type ClaimFacts,
} from '@medaccord/chaincode/model';
import { assumedFacts, describeAdjudication, describePlan, parseFhirClaim, parsePriorPayments } from '../claims';
import { FhirError, formatJson, isObject, parseLosslessJson, type JsonObject, type JsonValue } from '../fhir';
import { estimatedAnswer, formatClaimResponse, formatExplanation } from '../fhir-claims';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, usage, type Command } from './command';

const OPTIONS = {
  used: { type: 'string' },
  facts: { type: 'string' },
  prior: { type: 'string' },
  fhir: { type: 'boolean', default: false },
  'claim-response': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;
type Files = readonly string[];

const ACTIONS: Readonly<
  Record<string, { readonly files: readonly string[]; readonly run: (files: Files, options: Options) => Promise<string[]> }>
> = {
  check: { files: ['PLAN.json'], run: check },
  estimate: { files: ['PLAN.json', 'CLAIM.json'], run: estimate },
};

/** `plan check|estimate`: a benefit plan, and what it pays for a claim. Needs no network, and asks nobody. */
export const plan: Command = async ([action = '', ...argv]) => {
  const found = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (found === undefined) throw usage(`plan must be followed by one of ${Object.keys(ACTIONS).join(', ')}.`);
  const files = argv.slice(0, found.files.length);
  if (files.length < found.files.length || files.some((file) => file.startsWith('--'))) {
    throw usage(`plan ${action} must be followed by ${found.files.join(' and ')}.`);
  }
  for (const line of await found.run(files, parseOptions(argv.slice(found.files.length), OPTIONS))) print(line);
  return EXIT.done;
};

async function check([file = '']: Files, { json }: Options): Promise<string[]> {
  const read = await readPlan(file);
  return json ? [formatCanonical(read)] : describePlan(read);
}

async function estimate([planFile = '', claimFile = '']: Files, options: Options): Promise<string[]> {
  const read = await readPlan(planFile);
  const fhirClaim = await readObject(claimFile);
  const alone = parseFhirClaim(fhirClaim);
  const claim =
    options.prior === undefined ? alone : parseFhirClaim(fhirClaim, parsePriorPayments(await readJson(options.prior), alone.currency));
  const used = options.used === undefined ? {} : await readObject(options.used);
  const facts = assumedFacts(read, claim, options.facts === undefined ? {} : await readObject(options.facts));
  const answer = adjudicate(read, parseAccumulators(used['accumulators'] ?? used, 'accumulators'), claim, facts);
  return tell(answer, { plan: read, claim, fhirClaim, facts }, options);
}

type Told = { readonly plan: BenefitPlan; readonly claim: BilledClaim; readonly fhirClaim: JsonObject; readonly facts: ClaimFacts };

function tell(adjudication: Adjudication, { plan: by, claim, fhirClaim, facts }: Told, options: Options): string[] {
  const { fhir, json, 'claim-response': claimResponse } = options;
  const formats = [...(fhir ? [formatExplanation] : []), ...(claimResponse ? [formatClaimResponse] : [])];
  const answer = estimatedAnswer(fhirClaim, { adjudication, plan: by, facts });
  if (formats.length > 0) return formats.map((format) => formatJson(format(answer)));
  return json ? [formatCanonical(adjudication)] : describeAdjudication(adjudication, by, claim);
}

async function readPlan(file: string): Promise<BenefitPlan> {
  return parseBenefitPlan(await readJson(file), 'plan');
}

async function readObject(file: string): Promise<JsonObject> {
  const value = await readJson(file);
  if (!isObject(value)) throw unreadable(file, 'it is no JSON object');
  return value;
}

async function readJson(file: string): Promise<JsonValue> {
  try {
    return parseLosslessJson(await readFile(file, 'utf8'));
  } catch (error) {
    throw unreadable(file, error instanceof FhirError ? 'it is not JSON' : ((error as NodeJS.ErrnoException).code ?? String(error)));
  }
}

function unreadable(file: string, why: string): CliError {
  return new CliError('FILE_UNREADABLE', `${file} cannot be read: ${why}.`, 'docs/reference/benefit-plan.md says what belongs in it.');
}
