import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { openApiText } from './openapi-text.js';

/** The document at /openapi.json and Swagger UI at /docs, its files served from here. */
export function serveOpenApi(app: INestApplication): void {
  app.getHttpAdapter().get('/openapi.json', (_: FastifyRequest, reply: FastifyReply) => {
    void reply.type('application/json; charset=utf-8').send(openApiText(app));
  });
  SwaggerModule.setup('docs', app, () => JSON.parse(openApiText(app)) as OpenAPIObject, {
    raw: false,
    customSiteTitle: 'Herald API',
    swaggerOptions: {
      docExpansion: 'none',
      filter: true,
      persistAuthorization: true,
      tryItOutEnabled: true,
      validatorUrl: null,
    },
  });
}
