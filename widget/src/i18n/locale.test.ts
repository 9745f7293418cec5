import { expect } from 'chai';
import { loadFurtherTexts, loadLanguage } from './language.ts';
import { Locale } from './locale.ts';
import { messagesEn } from './messages-en.ts';
import { messagesFr } from './messages-fr.ts';
import { furtherEn } from './messages-further-en.ts';
import { furtherFr } from './messages-further-fr.ts';

describe('Locale', () => {
  const now = Date.parse('2026-11-12T13:00:00Z');
  let english: Locale;
  let french: Locale;
  before(async () => {
    await Promise.all([loadLanguage('en'), loadLanguage('fr')]);
    english = new Locale('en', 'Europe/Paris');
    french = new Locale('fr', 'Europe/Paris');
  });

  it('writes the hour today, the day this year, and the year otherwise', () => {
    expect(english.dateTime('2026-11-12T13:05:00Z', now)).to.equal('14:05');
    expect(english.dateTime('2026-11-10T13:05:00Z', now)).to.equal('10 Nov 14:05');
    expect(english.dateTime('2025-11-10T13:05:00Z', now)).to.equal('10 Nov 2025 14:05');
    expect(french.dateTime('2026-11-10T13:05:00Z', now)).to.equal('10 nov. 14:05');
  });

  it('takes the day from the user’s zone', () => {
    expect(english.dateTime('2026-11-12T23:30:00Z', now)).to.equal('13 Nov 00:30');
  });

  it('counts down only within the hour', () => {
    expect(english.nextAttempt('2026-11-12T13:04:00Z', now)).to.equal('in 4 min');
    expect(french.nextAttempt('2026-11-12T13:04:00Z', now)).to.equal('dans 4 min');
    expect(english.nextAttempt('2026-11-12T13:00:12Z', now)).to.equal('in 12 s');
    expect(english.nextAttempt('2026-11-12T14:00:00Z', now)).to.equal('15:00');
    expect(english.nextAttempt('2026-11-12T12:59:00Z', now)).to.equal('now');
  });

  it('uses the singular for 0 and 1 in French, for 1 alone in English', () => {
    expect(french.plural('emails', 0)).to.equal('0 courriel');
    expect(english.plural('emails', 0)).to.equal('0 emails');
    expect(english.plural('emails', 4312)).to.equal('4,312 emails');
  });

  it('keeps a host’s text and leaves the others', () => {
    const own = new Locale('en', '', { title: 'Waiting mail' });
    expect(own.text('title')).to.equal('Waiting mail');
    expect(own.text('retry')).to.equal('Retry');
  });

  it('gets the texts of a part that is loaded on demand with the part, in every language from then on', async () => {
    await loadFurtherTexts('en');
    expect(english.isCurrent).to.equal(false);
    expect(new Locale('en').text('bulkGathering')).to.equal('Gathering the emails…');
    await loadLanguage('fr');
    expect(new Locale('fr').text('bulkGathering')).to.equal('Rassemblement des courriels…');
  });

  it('says of a cause what it is in a few words, and what it means', () => {
    expect(english.cause('unknown_user')?.label).to.equal('unknown address');
    expect(french.cause('unknown_user')?.meaning).to.equal('L’adresse n’existe pas.');
  });

  it('survives a language and a zone that do not exist', () => {
    expect(new Locale('no such', 'Mars/Olympus').text('title')).to.equal('Outbox');
  });

  it('writes French with U+2019 and no-break spaces', () => {
    const texts = Object.values({ ...messagesFr, ...furtherFr }).flatMap((message) =>
      typeof message === 'string' ? [message] : Object.values(message),
    );
    for (const text of texts) {
      expect(text).not.to.match(/'/);
      expect(text).not.to.match(/(?<!\u00a0)[;!?]|[^\u00a0]:(?! ?\{?serviceUrl)/);
    }
    expect(Object.keys(messagesFr)).to.have.members(Object.keys(messagesEn));
    expect(Object.keys(furtherFr)).to.have.members(Object.keys(furtherEn));
  });
});
