import type { OrganisationAddresses, StartFacts, Step } from '../deployment';
import type { ProcessEvent } from '../process';
import { newHumanReporter } from './human-reporter';
import { newJsonReporter } from './json-reporter';

/** What a network is, for the first line. */
export interface Introduction {
  readonly name: string;
  readonly ledger: string;
  readonly channel: string;
  readonly organisations: readonly OrganisationAddresses[];
}

/** A failure as every reporter tells it, wherever it came from. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly lastLines?: readonly string[];
}

/** How a command tells what happens; one for people, one for programs, one for a log. */
export interface Reporter {
  introduce(network: Introduction): void;
  step(step: Step): void;
  up(facts: StartFacts, network: Introduction): void;
  event(event: ProcessEvent): void;
  /** A remark; programs are not told. */
  note(text: string): void;
  /** The result of a verb other than `up`: `text` for people, facts for programs. */
  result(step: string, text: string, facts: Readonly<Record<string, unknown>>): void;
  failure(step: string, failure: Failure): void;
}

export function newReporter(json: boolean, colour: boolean): Reporter {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return json ? newJsonReporter(print) : newHumanReporter(print, colour);
}

/** @returns what can be told of anything thrown; an error without a code is a defect, and says so */
export function describeFailure(error: unknown): Failure {
  const { code, message, hint, lastLines, stack } = error as Partial<Failure> & Error;
  if (typeof code !== 'string') {
    return { code: 'INTERNAL', message: stack ?? String(error), hint: 'This is a defect of the network command; please report it.' };
  }
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(lastLines === undefined ? {} : { lastLines }) };
}
