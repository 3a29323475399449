import { Controller, Get, Header } from '@nestjs/common';
import { Public, Unlimited } from '../../auth/index.js';
import { Metrics } from '../../telemetry/index.js';
import { ApiDocs } from '../../operations/index.js';

/** Open to anybody, as scrapers expect; labels hold names of operations and routes, never of people. */
@Public()
@Unlimited()
@ApiDocs(({ ApiTags }) => [ApiTags('system')])
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiDocs(({ ApiOperation, ApiResponse }) => [
    ApiOperation({ operationId: 'system.metrics', summary: 'Prometheus metrics of this process' }),
    ApiResponse({
      status: 200,
      description: 'Prometheus text format 0.0.4',
      content: { 'text/plain': { schema: { type: 'string' } } },
    }),
  ])
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
