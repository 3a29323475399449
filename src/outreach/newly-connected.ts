import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Settings } from '../config/index.js';
import { IN_BACKGROUND, UnitOfWork } from '../database/index.js';
import { CHANNELS } from '../vocabulary/index.js';
import { ChannelRouter } from './channels/channel-router.js';
import { SendSetup } from './setup/send-setup.js';
import { Outreach } from './outreach.js';

const AT_ONCE = 500;

/** Messages that waited for a wire go on when the server starts with one; the gate judges each anew. */
@Injectable()
export class NewlyConnected implements OnApplicationBootstrap {
  constructor(
    private readonly outreach: Outreach,
    private readonly channels: ChannelRouter,
    private readonly setup: SendSetup,
    private readonly units: UnitOfWork,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.queueMode !== 'required' || this.settings.role === 'api') return;
    const connected = CHANNELS.filter((channel) => {
      const adapter = this.channels.adapterFor(channel);
      return adapter.isConnected && this.setup.faultOf(adapter) === null;
    });
    const some = () =>
      this.units.run(
        (unit) => this.outreach.judgeUnconnected(unit, connected, AT_ONCE, this.clock.iso()),
        IN_BACKGROUND,
      );
    while ((await some()) === AT_ONCE);
  }
}
