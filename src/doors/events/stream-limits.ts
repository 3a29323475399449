/** What streams of events may ask of this process. */
export const STREAM_LIMITS = {
  maxStreams: 2_000,
  maxStreamsOfOneCaller: 50,
  /** Written and not taken yet; more is not written before the reader has caught up. */
  maxBufferedBytes: 256 * 1024,
  beatMs: 15_000,
  /** A reader that takes nothing for so long is let go; it can come back to where it was. */
  maxStallMs: 30_000,
  /** How long a client should wait before it comes back. */
  retryMs: 2_000,
} as const;
