import { RequestInvalid, oneOf, type Parsed, type Parser } from './encoding/parser';

// Assisted consent: of people without devices, whose keys are on a card that staff sees while it is used.

/** The mark of what a card signs. It has one spelling: what is not assisted leaves it out. */
export const parseAssistedMark: Parser<true> = (value, place) => {
  if (value !== true) throw new RequestInvalid(place, 'true, or left out');
  return value;
};

/** How the patient was told, beside the card, what was signed with it. */
export const noticeChannels = ['post', 'telephone', 'visit', 'message'] as const;
export const parseNoticeChannel = oneOf(noticeChannels);
export type NoticeChannel = Parsed<typeof parseNoticeChannel>;
