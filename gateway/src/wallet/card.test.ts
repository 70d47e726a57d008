import type { MspId } from '@medaccord/chaincode/model';
import { CardInvalid, newCard, nextRelationRef, openCard, parseCard } from './card';

const ALPHA = 'AlphaMSP' as MspId;

describe('a card', () => {
  it('is twelve groups of four characters, each card another', async () => {
    const [one, other] = [await newCard(), await newCard()];
    expect(one).toMatch(/^([A-Za-z0-9_-]{4} ){11}[A-Za-z0-9_-]{4}$/);
    expect(one).not.toBe(other);
  });

  it('stands for the same patient and relations whenever it is typed, with or without the gaps', async () => {
    const card = await newCard();
    const opened = await openCard(await parseCard(card), ALPHA);
    expect(await openCard(await parseCard(card.replaceAll(' ', '')), ALPHA)).toEqual(opened);
    expect(await nextRelationRef(opened, 'BetaMSP' as MspId)).toBe(await nextRelationRef(opened, 'BetaMSP' as MspId));
    const elsewhere = await openCard(await parseCard(card), 'GammaMSP' as MspId);
    expect(elsewhere.patients[0]?.subjectRef).not.toBe(opened.patients[0]?.subjectRef);
  });

  it('is not taken when one character of it is typed wrong, missing or too much', async () => {
    const card = await newCard();
    const text = card.replaceAll(' ', '');
    for (let at = 0; at < text.length; at += 1) {
      const wrong = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
      await expect(parseCard(wrong)).rejects.toThrow(CardInvalid);
    }
    for (const wrong of ['', text.slice(1), `${text}A`, `${text}=`]) await expect(parseCard(wrong)).rejects.toThrow(CardInvalid);
  });
});
