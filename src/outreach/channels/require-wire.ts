import type { Channel } from '../../vocabulary/index.js';
import type { Verdict } from '../gate.js';
import type { ChannelAdapter } from './channel-adapter.js';

/** The gate’s verdict; a message that it lets go, and that no wire could take, waits here until there is one. */
export function requireWire(verdict: Verdict, channel: Channel, adapter: ChannelAdapter): Verdict {
  if ('held' in verdict || adapter.isConnected) return verdict;
  return { held: true, rule: 'not_connected', reason: `not sent: no wire is set up for ${channel}`, earliest: null };
}
