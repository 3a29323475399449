import { Injectable } from '@nestjs/common';

/** The largest frame; larger ones end the connection with 1009 before they are read. */
export const MAX_FRAME_BYTES = 1024 * 1024;

/** What one WebSocket may ask of this process, and how many there may be. Tests lower them. */
@Injectable()
export class ConnectionLimits {
  maxConnections = 10_000;
  /** Before anybody has signed in. */
  maxStrangerFrameBytes = 16 * 1024;
  /** Messages of one connection that run at once; more make it wait. */
  maxInFlight = 16;
  /** What the other side has not taken yet: with so much of it no more messages are run… */
  maxBufferedBytes = 1024 * 1024;
  /** …and this much, which those under way can still add up to, ends the connection. */
  mostBufferedBytes = 32 * 1024 * 1024;
  /** Above this no more events are sent before the other side has caught up. */
  maxBufferedEventBytes = 256 * 1024;
  maxSubscriptions = 16;
  /** Who takes nothing for so long of what waits for it is let go. */
  maxStallMs = 30_000;
  signInMs = 10_000;
  heartbeatMs = 30_000;
  maxMissedPongs = 2;
  /** From a close frame to the end of patience. */
  closeGraceMs = 2_000;
}

export const CLOSE = { goingAway: 1001, binary: 1003, tooBig: 1009, tryLater: 1013, unauthenticated: 4401 } as const;
