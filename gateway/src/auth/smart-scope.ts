/** What a token lets an application do with resources of a type, by SMART App Launch 2.2 (scopes-and-launch-context.html). */
export interface SmartScope {
  /** `user`: what the signed-in person may do; `system`: what a backend service may. */
  readonly context: 'user' | 'system';
  /** A resource type, or `*`. */
  readonly type: string;
  /** Of c (create), r (read), u (update), d (delete) and s (search), in this order. */
  readonly letters: string;
}

/** What the scopes of a token add up to; it narrows the role of whoever holds it and never widens it. */
export interface TokenGrant {
  readonly resources: readonly SmartScope[];
  /** Whether it may use the routes outside /fhir, as the role allows. */
  readonly api: boolean;
}

/** The house's own scope, for everything outside /fhir. */
export const apiScope = 'medaccord/api';
/** Scopes of OpenID Connect and SMART that open no resource. */
export const identityScopes = ['openid', 'fhirUser', 'offline_access', 'online_access'] as const;

/** A scope as read: a resource scope, one of the words above, or why it is not given. */
export type ReadScope = { readonly resource: SmartScope } | { readonly word: string } | { readonly refusal: string };

const resourceForm = /^(user|system|patient)\/(\*|[A-Z][A-Za-z]{1,63})\.([a-z]+|\*)$/;
/** SMART 1 words (2.2, "Scopes for v1 and v2"). */
const oldWords: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };

/** Reads one scope; what is refused is refused with a reason that may be shown. */
export function readScope(text: string): ReadScope {
  if (text === apiScope || (identityScopes as readonly string[]).includes(text)) return { word: text };
  if (text === 'launch' || text.startsWith('launch/'))
    return { refusal: 'no patient or encounter is chosen at sign-in; staff applications ask for user/ scopes' };
  if (text.includes('?')) return { refusal: 'scopes with search parameters are not offered; ask for the resource type as a whole' };
  return readResourceScope(text);
}

function readResourceScope(text: string): ReadScope {
  const [, context, type = '', word = ''] = resourceForm.exec(text) ?? [];
  if (context === undefined) return { refusal: 'there is no such scope' };
  if (context === 'patient') return { refusal: 'patients use their own wallet; staff applications ask for user/ scopes' };
  const letters = oldWords[word] ?? word;
  if (!/^(?=.)c?r?u?d?s?$/.test(letters)) return { refusal: 'the letters after the point must be of cruds, in this order' };
  return { resource: { context: context === 'user' ? 'user' : 'system', type, letters } };
}

/** Whether one scope gives everything that another does. */
export function coversScope(held: SmartScope, wanted: SmartScope): boolean {
  return held.context === wanted.context && givesLetters(held, wanted.type, wanted.letters);
}

/** What the scopes of a token, separated by spaces, add up to, as far as they are of that context where one is named. */
export function readGrant(scope: string, context?: SmartScope['context']): TokenGrant {
  const read = splitScopes(scope).map(readScope);
  return {
    resources: read.flatMap((one) =>
      'resource' in one && (context ?? one.resource.context) === one.resource.context ? [one.resource] : [],
    ),
    api: read.some((one) => 'word' in one && one.word === apiScope),
  };
}

export function splitScopes(scope: string | undefined): string[] {
  return [...new Set((scope ?? '').split(' ').filter((one) => one !== ''))];
}

/** Whether the scopes together let this be done with resources of a type; `*` asks for every type. */
export function permitsLetters({ resources }: TokenGrant, type: string, letters: string): boolean {
  return Array.from(letters).every((letter) => resources.some((scope) => givesLetters(scope, type, letter)));
}

function givesLetters(scope: SmartScope, type: string, letters: string): boolean {
  return (scope.type === '*' || scope.type === type) && Array.from(letters).every((letter) => scope.letters.includes(letter));
}
