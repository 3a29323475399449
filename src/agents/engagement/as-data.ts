const MAX_DATA_LENGTH = 80;

/**
 * A stranger's text as harmless words: one line of at most 80 characters, without markup, template signs, addresses
 * or links. A lead that calls its company "Acme http://evil.example {{ x }}" appears as "Acme x".
 */
export function asData(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = String(value)
    .slice(0, 4 * MAX_DATA_LENGTH)
    .normalize('NFC')
    .replace(/\S*:\/\/\S*|\bwww\.\S+|\S+@\S+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\/\S*/gi, ' ')
    // eslint-disable-next-line no-control-regex -- control and direction-changing characters are what must go
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>{}[\]|`\\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > MAX_DATA_LENGTH ? `${text.slice(0, MAX_DATA_LENGTH - 1).trimEnd()}…` : text;
}
