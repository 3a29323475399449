import { Controller, Get, Header, Req } from '@nestjs/common';
import { Public } from '../../../auth/index.js';
import { Settings } from '../../../config/index.js';
import { ApiDocs, type HeraldRequest, ListOf, Str } from '../../../operations/index.js';
import { answerOf } from '../../openapi/index.js';
import { MCP_PATH, METADATA_PATH, type ResourceMetadata, baseUrlOf, resourceMetadata } from './resource-metadata.js';

class ResourceMetadataResponse implements ResourceMetadata {
  @Str({ description: 'The address that tokens are for' }) resource!: string;
  @ListOf('string', { description: 'Who issues the tokens' }) authorization_servers!: string[];
  @ListOf('string', { description: 'Every scope that a token may carry' }) scopes_supported!: string[];
  @ListOf('string', { description: 'How a token is sent' }) bearer_methods_supported!: string[];
  @Str({ description: 'A name for people' }) resource_name!: string;
  @Str({ description: 'Where people read more' }) resource_documentation!: string;
}

/**
 * RFC 9728: tells a client without a token which tokens this server takes. Open to anybody, pages of other origins
 * included.
 */
@Public()
@ApiDocs(({ ApiTags }) => [ApiTags('system')])
@Controller()
export class ResourceMetadataController {
  constructor(private readonly settings: Settings) {}

  @Get(METADATA_PATH)
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', 'no-store')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({
      operationId: 'oauth.protected_resource',
      summary: 'OAuth metadata of the server as a whole (RFC 9728)',
    }),
    ApiResponse(answerOf(ResourceMetadataResponse)),
  ])
  server(@Req() { headers }: HeraldRequest): ResourceMetadataResponse {
    return resourceMetadata(baseUrlOf(this.settings, headers), '');
  }

  @Get(`${METADATA_PATH}${MCP_PATH}`)
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', 'no-store')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({
      operationId: 'oauth.protected_resource.mcp',
      summary: 'OAuth metadata of the MCP endpoint (RFC 9728)',
    }),
    ApiResponse(answerOf(ResourceMetadataResponse)),
  ])
  mcp(@Req() { headers }: HeraldRequest): ResourceMetadataResponse {
    return resourceMetadata(baseUrlOf(this.settings, headers), MCP_PATH);
  }
}
