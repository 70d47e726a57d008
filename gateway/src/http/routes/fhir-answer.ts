import { formatJson, isResourceType } from '../../fhir';
import {
  listReferences,
  newVersionHeaders,
  parsePrefer,
  type FhirAnswer,
  type ResourceChanger,
  type ResourceWriter,
  type WriteContext,
} from '../../fhir-rest';
import type { RecordExporter } from '../../fhir-export';
import { newError } from '../../problem';
import type { Profiles } from '../../validation';
import type { Request, Response } from '../route';
import { reference } from './schemas';
import type { FindPlace } from './sign-in';
import type { ViewOf } from './view-of';

export interface FhirRoutesOptions {
  readonly viewOf: ViewOf;
  readonly writer: ResourceWriter;
  readonly changer: ResourceChanger;
  readonly exporter: RecordExporter;
  readonly version: string;
  /** The profiles that $validate may hold resources against. */
  readonly profiles: Profiles | undefined;
  /** Where clients sign in, for the CapabilityStatement. */
  readonly findPlace: FindPlace;
  readonly onTrouble: (error: unknown) => void;
}

/** Where FHIR begins. */
export function baseOf(origin: string): string {
  return `${origin}/fhir`;
}

/** @param base where the service begins that answers */
export function toResponse(origin: string, answer: FhirAnswer, base: string = baseOf(origin)): Response {
  const { status, resource: body } = answer;
  return {
    status,
    body: body === undefined ? '' : formatJson(body),
    contentType: 'application/fhir+json',
    headers: newVersionHeaders(base, answer),
    about: listReferences(answer).map((name) => ({ reference: name })),
  };
}

/** What a write is made with, of its headers. @throws CodedError REQUEST_INVALID */
export function newContext({ operation, header }: Pick<Request, 'operation' | 'header'>): WriteContext {
  const subject = header('medaccord-subject');
  if (subject !== undefined && !reference.safeParse(subject).success)
    throw newError('REQUEST_INVALID', 'header.medaccord-subject: must be the reference of a registered patient');
  return {
    operation,
    subjectRef: subject as WriteContext['subjectRef'],
    answer: parsePrefer(header('prefer')).answer,
    ifMatch: header('if-match'),
  };
}

/** @throws CodedError ROUTE_NOT_FOUND */
export function assertType(resourceType: string): void {
  if (!isResourceType(resourceType)) throw newError('ROUTE_NOT_FOUND', 'FHIR R4 has no such resource type');
}
