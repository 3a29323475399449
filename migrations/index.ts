import type { MigrationInterface } from 'typeorm';
import { InitialSchema1795000000000 } from './0001-initial-schema.js';
import { EpisodicIndex1795100000002 } from './0002-episodic-index.js';
import { Graph1795100000003 } from './0003-graph.js';
import { MemoryFacts1795100000004 } from './0004-memory-facts.js';
import { Consolidation1795100000005 } from './0005-consolidation.js';
import { LiveEvents1795100000006 } from './0006-live-events.js';
import { A2a1795100000007 } from './0007-a2a.js';
import { Mcp1795100000008 } from './0008-mcp.js';
import { ListsAndFigures1795100000018 } from './0018-lists-and-figures.js';
import { DecisionParts1795100000021 } from './0021-decision-parts.js';
import { OwnRows1795100000023 } from './0023-own-rows.js';
import { FiguresInBulk1795100000026 } from './0026-figures-in-bulk.js';
import { LeadHistoryFromItsIndex1795100000027 } from './0027-lead-history-from-its-index.js';
import { IndexesOfListsAreNarrower1795100000028 } from './0028-indexes-of-lists-are-narrower.js';
import { LeadsSayWhereTheyCount1795100000029 } from './0029-leads-say-where-they-count.js';
import { WhatHasBeenSent1795100000030 } from './0030-what-has-been-sent.js';
import { Journeys1795100000040 } from './0040-journeys.js';
import { ConsentWords1795100000045 } from './0045-consent-words.js';
import { WhereLeadsLive1795100000046 } from './0046-where-leads-live.js';
import { ChannelsRest1795100000047 } from './0047-channels-rest.js';
import { TheKeyOfLinks1795100000048 } from './0048-the-key-of-links.js';
import { AsOfAStatedDay1795100000050 } from './0050-as-of-a-stated-day.js';
import { AttentionOfADay1795100000051 } from './0051-attention-of-a-day.js';
import { MachinesAreToldApart1795100000053 } from './0053-machines-are-told-apart.js';
import { DaysAreReported1795100000054 } from './0054-days-are-reported.js';
import { CasesStandInLine1795100000057 } from './0057-cases-stand-in-line.js';
import { TheAuditNamesItsSubject1795100000058 } from './0058-the-audit-names-its-subject.js';
import { ATeamAndWhoIsTold1795100000059 } from './0059-a-team-and-who-is-told.js';

/** Every migration, oldest first. */
export const migrations: (new () => MigrationInterface)[] = [
  InitialSchema1795000000000,
  EpisodicIndex1795100000002,
  Graph1795100000003,
  MemoryFacts1795100000004,
  Consolidation1795100000005,
  LiveEvents1795100000006,
  A2a1795100000007,
  Mcp1795100000008,
  ListsAndFigures1795100000018,
  DecisionParts1795100000021,
  OwnRows1795100000023,
  FiguresInBulk1795100000026,
  LeadHistoryFromItsIndex1795100000027,
  IndexesOfListsAreNarrower1795100000028,
  LeadsSayWhereTheyCount1795100000029,
  WhatHasBeenSent1795100000030,
  Journeys1795100000040,
  ConsentWords1795100000045,
  WhereLeadsLive1795100000046,
  ChannelsRest1795100000047,
  TheKeyOfLinks1795100000048,
  AsOfAStatedDay1795100000050,
  AttentionOfADay1795100000051,
  MachinesAreToldApart1795100000053,
  DaysAreReported1795100000054,
  CasesStandInLine1795100000057,
  TheAuditNamesItsSubject1795100000058,
  ATeamAndWhoIsTold1795100000059,
];
