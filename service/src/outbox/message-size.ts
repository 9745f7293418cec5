/** Bytes of the composed message, estimated from above: base64 takes 4/3 and a line break each 76 characters. */
export function estimateMessageSize(bodyBytes: number, attachmentBytes: number, recipients: number): number {
  const headers = 4096 + recipients * 320;
  return headers + Math.ceil((bodyBytes + attachmentBytes) * (4 / 3) * (78 / 76));
}
