import { Injectable } from '@nestjs/common';
import { WallClock, Settings } from '../../config/index.js';
import { CHANNEL, type Channel } from '../../vocabulary/index.js';
import type { ChannelAdapter } from './channel-adapter.js';
import { LocalChannel } from './local.channel.js';
import { WIRES } from './wires.js';

/** Which wire carries which channel: the one that its table names; what the settings open no wire for stays here. */
@Injectable()
export class ChannelRouter {
  private readonly local: LocalChannel;
  private readonly open: ReadonlyMap<string, ChannelAdapter>;

  constructor(settings: Settings, clock: WallClock) {
    this.local = new LocalChannel(settings.isSandbox);
    this.open = new Map(
      Object.entries(WIRES).flatMap(([name, open]) => {
        const adapter = open(settings, clock);
        return adapter ? [[name, adapter] as const] : [];
      }),
    );
  }

  adapterFor(channel: Channel): ChannelAdapter {
    return this.open.get(CHANNEL[channel].wire) ?? this.local;
  }
}
