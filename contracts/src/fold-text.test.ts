import { describe, expect, it } from 'vitest';
import { foldReply, foldText } from './fold-text.ts';

describe('folded, a text', () => {
  it.each([
    ['Élodie DURAND', 'elodie durand'],
    ['e\u0301lodie', 'elodie'],
    ['Œuvre, Ærø, Straße, Łódź', 'oeuvre, aero, strasse, lodz'],
    ['İstanbul ısı', 'istanbul isi'],
    ['ﬁn ① ½', 'fin 1 1⁄2'],
    ['Ünïcode\u00a0 \t non-breaking ', 'unicode non-breaking'],
    ['l’été', "l'ete"],
    ['山田 太郎', '山田 太郎'],
    ['ΆΣ Ёлка', 'ας елка'],
    ['  ', ''],
  ])('of %j is %j', (text, folded) => {
    expect(foldText(text)).toBe(folded);
    expect(foldText(folded)).toBe(folded);
  });
});

describe('the reply of a mail server', () => {
  it.each([
    ['550 5.1.1 <zoe@nord.example>: User unknown', '550 5.1.1 <…>: user unknown'],
    ['451 4.7.1 Greylisted, come back in 5 minutes', '451 4.7.1 greylisted, come back in 5 minutes'],
    ['250 Ok queued as 4FzQ9x12Z', '250 ok queued as …'],
    ['550 #5.7.1 from mail7.example [192.0.2.17]', '550 #5.7.1 from … […]'],
    ['552 message of 1234567 bytes', '552 message of … bytes'],
    ['Connection timed out', 'connection timed out'],
    ['', ''],
  ])('%j is kept as %j', (reply, kept) => expect(foldReply(reply)).toBe(kept));

  it('is cut between characters', () => {
    const kept = foldReply('\u{1f600}'.repeat(400));
    expect(kept).toBe('\u{1f600}'.repeat(300));
    expect(kept.isWellFormed()).toBe(true);
  });
});
