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
  readonly ms?: number;
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
