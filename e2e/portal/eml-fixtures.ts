/** Messages as they lie in people's folders, among them ugly ones; lines end in CRLF as on the wire. */
export interface EmlFixture {
  name: string;
  content: Buffer;
}

/** `encoding` is that of the bytes in the file, for text outside ASCII. */
function eml(name: string, lines: readonly string[], encoding: 'utf8' | 'latin1' = 'utf8'): EmlFixture {
  return { name, content: Buffer.from(`${lines.join('\r\n')}\r\n`, encoding) };
}

/** One red pixel. */
export const pixelPng = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==',
  'base64',
);

export const completeEml = eml('complete.eml', [
  'From: =?utf-8?Q?Zo=C3=AB_Ame?= <zoe@example.com>',
  'To: "Quinn, Q." <quinn@example.com>, rio@example.com',
  'Cc: sam@example.com',
  'Bcc: audit@example.com',
  'Reply-To: desk@example.com',
  'Subject: =?utf-8?B?UmVsZXbDqSDigqw=?=',
  '\tof November',
  'In-Reply-To: <q1@example.com>',
  'References: <q0@example.com>',
  ' <q1@example.com>',
  'Date: Mon, 2 Nov 2026 09:00:00 +0100',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=m',
  '',
  '--m',
  'Content-Type: multipart/related; boundary=r',
  '',
  '--r',
  'Content-Type: multipart/alternative; boundary=a',
  '',
  '--a',
  'Content-Type: text/plain; charset=utf-8',
  '',
  'The plain words',
  '--a',
  'Content-Type: text/html; charset=utf-8',
  '',
  '<p>The <b>rich</b> words <img src="cid:sign@example.com"></p>',
  '--a--',
  '--r',
  'Content-Type: image/png; name=sign.png',
  'Content-Disposition: inline; filename=sign.png',
  'Content-ID: <sign@example.com>',
  'Content-Transfer-Encoding: base64',
  '',
  pixelPng.toString('base64'),
  '--r--',
  '--m',
  'Content-Type: text/csv; charset=utf-8',
  "Content-Disposition: attachment; filename*=utf-8''relev%C3%A9.csv",
  'Content-ID: <not-shown@example.com>',
  '',
  'a,b',
  '1,2',
  '--m--',
]);

export const noSubjectEml = eml('no-subject.eml', [
  'From: a@example.com',
  'To: b@example.com',
  '',
  'No subject at all.',
]);

export const groupEml = eml('group.eml', [
  'From: a@example.com',
  'To: Site managers: Ann <ann@example.com>, bob@example.com;, carol@example.com',
  'Subject: To a group',
  '',
  'Words',
]);

export const badAddressEml = eml('bad-address.eml', [
  'From: a@example.com',
  'To: not an address',
  'Subject: To nobody',
  '',
  'Words',
]);

export const nestedEml = eml('nested.eml', [
  'From: a@example.com',
  'To: b@example.com',
  'Subject: FW: inside',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=m',
  '',
  '--m',
  'Content-Type: text/plain',
  '',
  'See the message inside.',
  '--m',
  'Content-Type: message/rfc822',
  '',
  'From: inner@example.com',
  'To: a@example.com',
  'Subject: The inner one',
  '',
  'Inner words',
  '--m--',
]);

export const latin1Eml = eml(
  'latin1.eml',
  [
    'From: a@example.com',
    'To: b@example.com',
    'Subject: =?iso-8859-1?Q?R=E9ponse_=E0_vous?=',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: 8bit',
    '',
    'Été à Nîmes',
  ],
  'latin1',
);

export const notMailEml: EmlFixture = {
  name: 'not-mail.eml',
  content: Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x10]),
};
