import type { Channel } from '../../vocabulary/index.js';
import type { ChannelAdapter } from '../channels/channel-adapter.js';
import type { Verdict } from '../gate.js';
import type { SendSetup } from './send-setup.js';

/**
 * The gate’s verdict; a message that it lets go, and that no wire could take, or whose links would be dead, waits here
 * until that is mended.
 */
export function requireWire(verdict: Verdict, channel: Channel, adapter: ChannelAdapter, setup: SendSetup): Verdict {
  if ('held' in verdict) return verdict;
  if (!adapter.isConnected)
    return { held: true, rule: 'not_connected', reason: `not sent: no wire is set up for ${channel}`, earliest: null };
  const fault = setup.faultOf(adapter);
  return fault === null ? verdict : { held: true, rule: 'setup', reason: `not sent: ${fault}`, earliest: null };
}
