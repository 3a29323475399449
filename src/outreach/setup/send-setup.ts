import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Settings } from '../../config/index.js';
import { UnitOfWork } from '../../database/index.js';
import { HealthRegistry, Log } from '../../telemetry/index.js';
import type { ChannelAdapter } from '../channels/channel-adapter.js';
import { UnsubscribeLinks } from '../unsubscribe-links.js';
import { LinkKey } from './link-key.entity.js';

const PURPOSE = 'unsubscribe';
const NO_HTTPS =
  'HERALD_PUBLIC_URL is not an https address: recipients could not unsubscribe by it, so no email is sent';
const SANDBOX = 'HERALD_SANDBOX is on: messages on channels without a wire count as sent and go nowhere';
const OTHER_SECRET =
  'the links of earlier messages were signed with another secret: give every process the same HERALD_JWT_SECRET or ' +
  'data folder, or, where the secret was changed on purpose, start once with HERALD_NEW_LINK_SECRET=1';

/**
 * Whether the links in messages lead anywhere: mail programs follow https addresses only (RFC 8058), and a link that
 * another process made works only where both share the secret. Until then nothing goes over a wire.
 */
@Injectable()
export class SendSetup implements OnApplicationBootstrap {
  private linkFault: string | null = null;

  constructor(
    private readonly settings: Settings,
    private readonly links: UnsubscribeLinks,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
    private readonly health: HealthRegistry,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.linkFault = (await this.sharesSecret()) ? null : OTHER_SECRET;
    const notes = () =>
      [this.linkFault, this.mailFault(), this.settings.isSandbox ? SANDBOX : null].filter((note) => note !== null);
    this.health.register('outreach', () => Promise.resolve(notes().join('; ') || undefined));
    for (const note of notes()) this.log.warn(note);
  }

  /** Why nothing is sent over a wire, or null. What stays here needs no link. */
  faultOf({ name, isLocal }: ChannelAdapter): string | null {
    if (isLocal) return null;
    return (name === 'smtp' ? this.mailFault() : null) ?? this.linkFault;
  }

  private mailFault(): string | null {
    const { smtpUrl, publicUrl } = this.settings;
    return smtpUrl !== undefined && !publicUrl.startsWith('https:') ? NO_HTTPS : null;
  }

  private sharesSecret(): Promise<boolean> {
    return this.units.run(async (unit) => {
      const row = { purpose: PURPOSE, fingerprint: this.links.fingerprint, since: this.clock.iso() };
      if (this.settings.acceptsLinkSecret) await unit.of(LinkKey).upsert(row);
      else await unit.of(LinkKey).insertNew(row);
      return (await unit.of(LinkKey).get(PURPOSE))!.fingerprint === row.fingerprint;
    });
  }
}
