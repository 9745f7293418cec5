import { expect } from 'chai';
import { loadLanguage } from '../i18n/language.ts';
import { Locale } from '../i18n/locale.ts';
import { sampleEmail } from '../testing/sample-emails.ts';
import { columns } from './columns.ts';
import { copyRows, neutralise } from './copy-rows.ts';

describe('copyRows', () => {
  it('writes every column in the reader’s language and zone', async () => {
    await loadLanguage('fr');
    const email = sampleEmail({
      to: { first: { name: 'Ada', address: 'ada@example.com' }, count: 40 },
      importance: 'high',
      mayHaveBeenSent: true,
      submittedAt: '2026-11-12T23:30:00Z',
    });
    const text = copyRows([email], columns, new Locale('fr', 'Europe/Paris'), 0);
    const [headers, line] = text.split('\r\n').map((row) => row.split('\t'));
    const copied = Object.fromEntries(headers!.map((header, place) => [header, line![place]]));
    expect(copied).to.deep.equal({
      À: 'Ada <ada@example.com> +39',
      Objet: email.subject,
      'Envoyé par': 'Grace Hopper',
      'Statut de l’envoi': 'Échec, peut-être envoyé',
      'Message d’échec du dernier envoi': 'L’adresse n’existe pas. 550 5.1.1 No such user here',
      'Prochaine tentative d’envoi': '',
      Paquet: '101342-T',
      'Nombre de tentatives d’envoi': '3',
      'Connecteur des courriels': 'Sales SMTP',
      Importance: 'Élevé',
      'Généré par le système': 'non',
      'Dernière tentative d’envoi': '2026-11-12 11:00:00',
      Enregistré: '2026-11-12 10:00:00',
      'Type de paquet': 'Ticket',
      'Nombre de pièces jointes': '0',
      De: 'Grace Hopper <grace@example.com>',
      'Créé le': '2026-11-13 00:30:00',
    });
  });

  it('leaves no formula and no quotation for a spreadsheet to begin', () => {
    for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r\n=1', ' =1', '"=1"', '\uff1d1']) {
      expect(neutralise(text), JSON.stringify(text)).to.match(/^'/);
    }
    expect(neutralise('a=b')).to.equal('a=b');
  });

  it('lets nothing break out of its cell', () => {
    expect(neutralise('a\tb\r\nc\u2028d\u000be')).to.equal('a b c d e');
  });
});
