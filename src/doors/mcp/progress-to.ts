import type { ServerContext } from '@modelcontextprotocol/server';
import type { ProgressListener } from '../../operations/index.js';

/** Sends progress to the caller of a request that asked for it with a token. */
export function progressTo({ mcpReq }: ServerContext): ProgressListener | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let last = -1;
  return (progress, total, message) => {
    // the protocol wants progress that only ever grows
    if (progress <= last) return;
    last = progress;
    const params = {
      progressToken,
      progress,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message }),
    };
    // a caller that has gone away needs no progress
    mcpReq.notify({ method: 'notifications/progress', params }).catch(() => undefined);
  };
}
