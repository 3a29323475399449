import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutreachRows } from './outreach.rows.js';
import { CrmModule } from '../crm/index.js';
import { ChannelRest } from './bounces/channel-rest.entity.js';
import { ChannelRests } from './bounces/channel-rests.js';
import { BlockingCases } from './blocking-cases.js';
import { ChannelRouter } from './channels/channel-router.js';
import { ConsentListener } from './consent/consent-listener.js';
import { ConsentWord } from './consent/consent-word.entity.js';
import { ConsentWords } from './consent/consent-words.js';
import { DeliveryRecords } from './delivery-records.js';
import { MessageDispatch } from './message-dispatch.js';
import { MessageEventsService } from './message-events.service.js';
import { Message } from './message.entity.js';
import { Messages } from './messages.js';
import { MessagesService } from './messages.service.js';
import { NewlyConnected } from './newly-connected.js';
import { Outreach } from './outreach.js';
import { UncertainMessages } from './uncertain-messages.js';
import { Permissions } from './permissions.js';
import { PreferencesService } from './preferences/preferences.service.js';
import { RejudgeHeld } from './rejudge-held.js';
import { LinkKey } from './setup/link-key.entity.js';
import { SendSetup } from './setup/send-setup.js';
import { SendClaims } from './send-claim.js';
import { DEFAULT_SEND_POLICY, SEND_POLICY } from './send-policy.js';
import { SendSlot } from './send-slot.entity.js';
import { Suppression } from './suppression.entity.js';
import { SuppressionsService } from './suppressions.service.js';
import { UnsubscribeController } from './unsubscribe.controller.js';
import { UnsubscribeLinks } from './unsubscribe-links.js';

@Module({
  imports: [TypeOrmModule.forFeature([Message, SendSlot, Suppression, ConsentWord, ChannelRest, LinkKey]), CrmModule],
  controllers: [UnsubscribeController],
  providers: [
    OutreachRows,
    { provide: SEND_POLICY, useValue: DEFAULT_SEND_POLICY },
    ChannelRouter,
    UnsubscribeLinks,
    SendSetup,
    SendClaims,
    DeliveryRecords,
    MessageDispatch,
    BlockingCases,
    ChannelRests,
    ConsentWords,
    Permissions,
    UncertainMessages,
    RejudgeHeld,
    ConsentListener,
    Messages,
    Outreach,
    NewlyConnected,
    MessagesService,
    MessageEventsService,
    SuppressionsService,
    PreferencesService,
  ],
  exports: [BlockingCases, Messages, Outreach, Permissions, SEND_POLICY, UncertainMessages],
})
export class OutreachModule {}
