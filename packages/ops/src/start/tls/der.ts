/** The few pieces of DER that a certificate needs (X.690). */
const length = (n: number): Buffer => {
  if (n < 128) return Buffer.from([n]);
  const bytes = n < 256 ? [n] : [n >> 8, n & 255];
  return Buffer.from([0x80 | bytes.length, ...bytes]);
};

export const tlv = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), length(body.length), body]);
};

export const sequence = (...content: readonly Uint8Array[]): Buffer => tlv(0x30, ...content);
export const setOf = (...content: readonly Uint8Array[]): Buffer => tlv(0x31, ...content);
export const boolean = (value: boolean): Buffer => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const octets = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
export const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.from([unused]), bytes);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text, 'utf8'));

/** A number of any size, big-endian and positive. */
export const integer = (bytes: Uint8Array): Buffer => {
  const trimmed = Buffer.from(bytes).subarray(
    Math.max(
      0,
      Buffer.from(bytes).findIndex((byte) => byte !== 0),
    ),
  );
  return tlv(0x02, trimmed[0]! & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed);
};

/** An object identifier such as 2.5.29.17. */
export const oid = (dotted: string): Buffer => {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const group = [part & 127];
    for (let n = part >> 7; n > 0; n >>= 7) group.unshift((n & 127) | 128);
    bytes.push(...group);
  }
  return tlv(0x06, Buffer.from(bytes));
};

/** UTCTime until 2049, as RFC 5280 §4.1.2.5 wants. */
export const time = (date: Date): Buffer =>
  tlv(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`, 'ascii'));
