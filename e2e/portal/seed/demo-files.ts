import { crc32, deflateSync } from 'node:zlib';

/** A file that an email of the demo carries. */
export interface DemoFile {
  fileName: string;
  contentType: string;
  bytes: Uint8Array;
  /** Set for an inline image, named by the HTML as `cid:<contentId>`. */
  contentId?: string;
}

/** One printable A4 page (PDF 1.4) with a heading and lines in Helvetica; Latin-1 text. */
export function pdfFile(fileName: string, heading: string, lines: readonly string[]): DemoFile {
  const show = (text: string) => `(${text.replace(/[\\()]/g, '\\$&')}) Tj`;
  const page = [
    `BT /F2 20 Tf 64 770 Td ${show(heading)} ET`,
    '0.75 0.79 0.83 RG 64 754 m 531 754 l S',
    `BT /F1 11 Tf 64 726 Td 18 TL ${lines.map((line) => `${show(line)} T*`).join(' ')} ET`,
  ].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>',
    `<< /Length ${page.length} >>\nstream\n${page}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>',
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${file.indexOf('xref\n')}\n%%EOF\n`;
  return { fileName, contentType: 'application/pdf', bytes: Buffer.from(file, 'latin1') };
}

/** A truecolour PNG: a soft gradient from one colour to another with a lighter band, `width` × `height` pixels. */
export function pngFile(
  fileName: string,
  width: number,
  height: number,
  from: readonly [number, number, number],
  to: readonly [number, number, number],
): DemoFile {
  const rows = Buffer.alloc((width * 3 + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = (x / width + y / height) / 2;
      const light = Math.abs(y - height * (0.7 - (0.4 * x) / width)) < height / 14 ? 38 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const colour = from[channel]! + (to[channel]! - from[channel]!) * share + light;
        rows[y * (width * 3 + 1) + 1 + x * 3 + channel] = Math.min(255, Math.round(colour));
      }
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const bytes = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { fileName, contentType: 'image/png', bytes };
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const sum = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** Comma-separated values with a header line, UTF-8 with a byte order mark so that spreadsheets read accents. */
export function csvFile(fileName: string, rows: readonly (readonly (string | number)[])[]): DemoFile {
  const cell = (value: string | number) =>
    /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value);
  const text = `\uFEFF${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
  return { fileName, contentType: 'text/csv', bytes: Buffer.from(text, 'utf8') };
}
