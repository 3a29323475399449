import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiter } from '../../../auth/index.js';
import { type Agent, AGENTS, DEFAULT_AGENT, findAgent } from '../agents/agents.js';
import { AgentCards } from './agent-cards.js';
import { CardKey, JWKS_PATH } from './card-signer.js';

const CARD = '/.well-known/agent-card.json';
const JSON_TYPE = 'application/json; charset=utf-8';
/** Seconds. Cards change with a new version of the server. */
const MAX_AGE = 300;

/** What anybody may read: the cards, who there is, and the key that verifies the cards. */
@Injectable()
export class CardRoutes implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly cards: AgentCards,
    private readonly key: CardKey,
    private readonly limiter: RateLimiter,
  ) {}

  onModuleInit(): void {
    const fastify = this.adapter.httpAdapter?.getInstance() as FastifyInstance | undefined;
    if (!fastify) return;
    const open = (
      url: string,
      answer: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>,
    ): void => {
      fastify.get(url, { onRequest: async ({ ip }) => this.limiter.count({ ip }) }, answer);
    };
    open(CARD, (request, reply) => this.sendCard(DEFAULT_AGENT, request, reply));
    open(`/a2a/:agent${CARD}`, (request, reply) =>
      this.sendCard(findAgent((request.params as { agent: string }).agent), request, reply),
    );
    open(JWKS_PATH, async (request, reply) => sendOpen(request, reply, { keys: [this.key.publicKey] }));
    open('/a2a', async (request, reply) =>
      sendOpen(request, reply, { agents: AGENTS.map((agent) => this.entryOf(agent)) }),
    );
  }

  private async sendCard(
    agent: Agent | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> {
    if (!agent)
      return reply
        .status(404)
        .header('Content-Type', JSON_TYPE)
        .send(JSON.stringify({ error: 'there is no such agent; GET /a2a lists them' }));
    const version = request.headers['a2a-version'];
    reply.header('Vary', 'A2A-Version');
    return sendOpen(
      request,
      reply,
      await this.cards.wireOf(agent, typeof version === 'string' ? version.trim() : undefined),
    );
  }

  private entryOf(agent: Agent): object {
    const url = this.cards.addressOf(agent);
    return { agent: agent.slug, name: agent.name, description: agent.description, url, card_url: `${url}${CARD}` };
  }
}

function sendOpen(request: FastifyRequest, reply: FastifyReply, body: object): FastifyReply {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  reply
    .header('ETag', etag)
    .header('Cache-Control', `public, max-age=${MAX_AGE}`)
    .header('Access-Control-Allow-Origin', '*');
  if (request.headers['if-none-match'] === etag) return reply.status(304).send();
  return reply.header('Content-Type', JSON_TYPE).send(text);
}
