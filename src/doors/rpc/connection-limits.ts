/** What one WebSocket may ask of this process, and how many there may be. */
export const CONNECTION_LIMITS = {
  maxConnections: 10_000,
  maxFrameBytes: 1024 * 1024,
  /** Before anybody has signed in. */
  maxStrangerFrameBytes: 16 * 1024,
  /** Messages of one connection that run at once; more make it wait. */
  maxInFlight: 16,
  /** Answers that the other side has not taken yet. */
  maxBufferedBytes: 4 * 1024 * 1024,
  signInMs: 10_000,
  heartbeatMs: 30_000,
  maxMissedPongs: 2,
  /** From a close frame to the end of patience. */
  closeGraceMs: 2_000,
} as const;

export const CLOSE = { goingAway: 1001, binary: 1003, tooBig: 1009, tryLater: 1013, unauthenticated: 4401 } as const;
