import type { IncomingHttpHeaders } from 'node:http';
import { Controller, Get, Header, Req } from '@nestjs/common';
import { Public, SCOPES } from '../../../auth/index.js';
import { Settings } from '../../../config/index.js';
import { ApiDocs, type HeraldRequest, ListOf, Str } from '../../../operations/index.js';
import { answerOf } from '../../openapi/index.js';

export const METADATA_PATH = '/.well-known/oauth-protected-resource';
export const MCP_PATH = '/mcp';
/**
 * A host name, IPv4 or bracketed IPv6 address, and perhaps a port: nothing that could break out of a header or an
 * address.
 */
const SANE_HOST = /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(:\d{1,5})?$/i;
/** Deciding in the inbox is for people; no token for this door needs it. */
const NOT_HERE: ReadonlySet<string> = new Set(['approvals:decide']);

/** OAuth 2.0 Protected Resource Metadata, RFC 9728 section 2. */
export interface ResourceMetadata {
  resource: string;
  authorization_servers: string[];
  scopes_supported: string[];
  bearer_methods_supported: string[];
  resource_name: string;
  resource_documentation: string;
}

type PublicAddress = Pick<Settings, 'publicUrl' | 'isPublicUrlGiven'>;

/**
 * The address under which the caller reaches this server, without a slash at the end: the configured one, which is
 * the only right one behind a proxy, or else the host that the request names. What X-Forwarded-* says is not
 * believed.
 */
export function baseUrlOf(settings: PublicAddress, { host }: IncomingHttpHeaders): string {
  if (settings.isPublicUrlGiven || host === undefined || !SANE_HOST.test(host)) return settings.publicUrl;
  return `http://${host}`;
}

/** What the 401 of the MCP endpoint names as `resource_metadata` (RFC 9728 section 5.1). */
export function resourceMetadataUrl(settings: PublicAddress, headers: IncomingHttpHeaders): string {
  return `${baseUrlOf(settings, headers)}${METADATA_PATH}${MCP_PATH}`;
}

/** @param resourcePath the resource's path on the server: '' for the server as a whole, '/mcp' for the MCP endpoint */
export function resourceMetadata(baseUrl: string, resourcePath: '' | typeof MCP_PATH): ResourceMetadata {
  return {
    resource: `${baseUrl}${resourcePath}`,
    // Herald signs the access tokens that it takes; its API keys do as well
    authorization_servers: [baseUrl],
    scopes_supported: SCOPES.filter((scope) => !NOT_HERE.has(scope)),
    bearer_methods_supported: ['header'],
    resource_name: 'Herald',
    resource_documentation: `${baseUrl}/docs`,
  };
}

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
