import { get } from './api.js';

let words;

/** The server's words by name, such as `channels`; asked for once, and again after a failure. */
export function vocabulary() {
  words ??= get('/api/v1/vocabulary').catch((error) => {
    words = undefined;
    throw error;
  });
  return words;
}
