/**
 * Bytes of the composed message, estimated from below and close to it: a mail server that takes less than this (RFC 1870)
 * cannot take the message, and one that takes just more says so itself. Attachments go as base64, which makes 4 bytes
 * of 3 and adds a line break each 76; text grows by its encoding only, headers by no more than the shortest ones.
 */
export function estimateMessageSize(bodyBytes: number, attachmentBytes: number): number {
  return shortestHeaders + bodyBytes + Math.floor(attachmentBytes * (4 / 3) * (78 / 76));
}

const shortestHeaders = 120;
