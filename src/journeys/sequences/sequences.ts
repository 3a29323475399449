import { Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../config/index.js';
import { Database, type Reader, type Unit, UnitOfWork } from '../../database/index.js';
import type { SequenceDefinition, SequenceEntry } from './sequence-definition.js';
import { Sequence, SequenceVersion, versionId } from './sequence.entity.js';
import { SHIPPED_SEQUENCES } from './shipped-sequences.js';

/** A sequence in one of its published versions. */
export interface PublishedSequence {
  readonly sequence_id: string;
  readonly number: number;
  readonly name: string;
  readonly isPaused: boolean;
  readonly definition: SequenceDefinition;
}

/** How other parts read sequences. */
@Injectable()
export class Sequences implements OnApplicationBootstrap {
  /** Published versions never change, so each is read once; rolled-back ones are not asked for. */
  private readonly definitions = new Map<string, SequenceDefinition>();

  constructor(
    private readonly database: Database,
    private readonly units: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Stores the sequences that Herald comes with where there are none of their names. */
  async onApplicationBootstrap(): Promise<void> {
    const ids = SHIPPED_SEQUENCES.map(({ sequence_id }) => sequence_id);
    const known = await this.database.of(Sequence).find({ sequence_id: ids });
    if (known.length < ids.length) await this.units.run((unit) => this.ship(unit, this.clock.iso()));
  }

  private async ship(unit: Unit, now: string): Promise<void> {
    for (const { sequence_id, name, definition } of SHIPPED_SEQUENCES) {
      const row: Sequence = {
        sequence_id,
        name,
        status: 'active',
        entry: definition.entry,
        published_version: 1,
        draft: definition,
        created_at: now,
        updated_at: now,
        version: 1,
      };
      if ((await unit.of(Sequence).insertNew(row)) === 0) continue;
      await unit
        .of(SequenceVersion)
        .insert({
          version_id: versionId(sequence_id, 1),
          sequence_id,
          number: 1,
          definition,
          published_at: now,
          published_by: 'herald',
        });
    }
  }

  /** The versions in force of sequences that take people in, or are paused, by id. */
  async inForce(reader: Reader, sequenceIds?: readonly string[]): Promise<Map<string, PublishedSequence>> {
    const where = sequenceIds && { sequence_id: sequenceIds };
    const rows = (await reader.of(Sequence).find(where)).filter(
      ({ status, published_version }) => published_version !== null && (status === 'active' || status === 'paused'),
    );
    const found = new Map<string, PublishedSequence>();
    for (const { sequence_id, name, status, published_version: number } of rows) {
      const definition = await this.definitionOf(reader, sequence_id, number!);
      found.set(sequence_id, { sequence_id, number: number!, name, isPaused: status === 'paused', definition });
    }
    return found;
  }

  /** The sequence that triage puts leads into by an entry: of several the first by id. */
  async byEntry(reader: Reader, entry: SequenceEntry): Promise<PublishedSequence | undefined> {
    const all = [...(await this.inForce(reader)).values()].filter(({ definition }) => definition.entry === entry);
    return all.sort((one, other) => (one.sequence_id < other.sequence_id ? -1 : 1))[0];
  }

  /** A published version's definition. @throws Error when there is no such version */
  async definitionOf(reader: Reader, sequenceId: string, number: number): Promise<SequenceDefinition> {
    const id = versionId(sequenceId, number);
    let definition = this.definitions.get(id);
    if (!definition) {
      const version = await reader.of(SequenceVersion).get(id);
      if (!version) throw new Error(`there is no version ${number} of the sequence "${sequenceId}"`);
      definition = version.definition;
      this.definitions.set(id, definition);
    }
    return definition;
  }
}
