import { Module } from '@nestjs/common';
import { McpModule } from '../../src/doors/mcp/index.js';
import { FixturesOffering } from './fixtures-offering.js';

/** The MCP door with what the conformance suite calls: never on a server that people use. */
@Module({ imports: [McpModule], providers: [FixturesOffering] })
export class McpFixturesModule {}
