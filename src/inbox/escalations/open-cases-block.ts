import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { BlockingCases } from '../../outreach/index.js';
import { Inbox } from '../inbox.js';

/** Tells the send gate of leads about which a case that blocks waits for a person. */
@Injectable()
export class OpenCasesBlock implements OnModuleInit {
  constructor(
    private readonly blocking: BlockingCases,
    private readonly inbox: Inbox,
  ) {}

  onModuleInit(): void {
    this.blocking.register(async (reader, leadIds) => {
      const cases = await this.inbox.blockingCases(reader, leadIds);
      return new Map([...cases].map(([leadId, [first]]) => [leadId, first!.reason]));
    });
  }
}
