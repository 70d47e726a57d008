import { StoryError } from './story-error';

/** A member as the story needs it: from the organisation's connection document. */
export type Member = {
  readonly name: string;
  readonly title: string;
  readonly mspId: string;
  readonly role: string;
  /** Base URL of the member's gateway. */
  readonly gateway: string;
};

/** Who plays which part. */
export type Cast = {
  /** Holds the patient's records: the first hospital. */
  readonly custodian: Member;
  /** Asks for them: the second hospital. */
  readonly counterparty: Member;
  /** Has no relation with the patient and asks all the same: the first insurer. */
  readonly outsider: Member;
};

/** Casts the story by role and order. @throws {StoryError} STORY_NEEDS_ORGANISATIONS */
export function castStory(members: readonly Member[]): Cast {
  const hospitals = members.filter(({ role }) => role === 'hospital');
  const [custodian, counterparty] = hospitals;
  const outsider = members.find(({ role }) => role === 'insurer');
  if (custodian === undefined || counterparty === undefined || outsider === undefined) {
    throw new StoryError('STORY_NEEDS_ORGANISATIONS', 'The story needs two hospitals and an insurer.', {
      place: 'organisations',
      hint: 'Run it on a topology that has them, such as network/topologies/default.json.',
    });
  }
  return { custodian, counterparty, outsider };
}
