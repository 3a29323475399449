import type { AgentCard, AgentSkill } from '@a2a-js/sdk';
import { Injectable } from '@nestjs/common';
import { Settings } from '../../../config/index.js';
import type { Principal, RegisteredOperation } from '../../../operations/index.js';
import { productVersion } from '../../openapi/index.js';
import type { Agent, Skill } from '../agents/agents.js';
import { SkillCatalog } from '../agents/skill-catalog.js';
import { CardSigner, toWireCard } from './card-signer.js';

const MODES = ['application/json', 'text/plain'];
const BEARER = { schemes: { bearer: { list: [] } } };
const API_KEY = { schemes: { apiKey: { list: [] } } };

/** The agents' cards, signed: what each offers, where, and how to sign in. */
@Injectable()
export class AgentCards {
  private readonly version = productVersion();
  private readonly signed = new Map<string, Promise<AgentCard>>();
  private readonly shaped = new Map<string, Promise<object>>();

  constructor(
    private readonly settings: Settings,
    private readonly catalog: SkillCatalog,
    private readonly signer: CardSigner,
  ) {}

  /** The open card. It is the same for everybody, so it is signed once. */
  of(agent: Agent): Promise<AgentCard> {
    let card = this.signed.get(agent.slug);
    if (!card) this.signed.set(agent.slug, (card = this.signer.signed(this.cardOf(agent, agent.skills.map(toSkill)))));
    return card;
  }

  /** The open card as JSON for a client that shows this version, or none. */
  wireOf(agent: Agent, version: string | undefined): Promise<object> {
    const shape = version === '1.0' || version === '0.3' ? version : 'both';
    const key = `${agent.slug} ${shape}`;
    let json = this.shaped.get(key);
    if (!json) this.shaped.set(key, (json = this.of(agent).then((card) => toWireCard(card, shape, this.signer))));
    return json;
  }

  /** The card for one caller, with every operation that its scopes allow beside the agent's own skills. */
  extendedFor(agent: Agent, caller: Principal): Promise<AgentCard> {
    const more = this.catalog.beyond(agent, caller).map(toPlainSkill);
    return this.signer.signed(this.cardOf(agent, [...agent.skills.map(toSkill), ...more]));
  }

  addressOf({ slug }: Agent): string {
    return `${this.settings.publicUrl}/a2a/${slug}`;
  }

  private cardOf(agent: Agent, skills: AgentSkill[]): AgentCard {
    const url = this.addressOf(agent);
    return {
      name: agent.name,
      description: agent.description,
      supportedInterfaces: [
        { url, protocolBinding: 'JSONRPC', protocolVersion: '1.0', tenant: '' },
        { url, protocolBinding: 'HTTP+JSON', protocolVersion: '1.0', tenant: '' },
        { url, protocolBinding: 'JSONRPC', protocolVersion: '0.3', tenant: '' },
      ],
      provider: { organization: 'Herald', url: this.settings.publicUrl },
      version: this.version,
      documentationUrl: `${this.settings.publicUrl}/docs`,
      capabilities: { streaming: true, pushNotifications: true, extendedAgentCard: true, extensions: [] },
      securitySchemes: {
        bearer: {
          scheme: {
            $case: 'httpAuthSecurityScheme',
            value: {
              scheme: 'Bearer',
              bearerFormat: 'JWT',
              description: 'An access token of POST /api/v1/auth/login, or an API key',
            },
          },
        },
        apiKey: {
          scheme: {
            $case: 'apiKeySecurityScheme',
            value: { location: 'header', name: 'X-API-Key', description: 'An API key' },
          },
        },
      },
      securityRequirements: [BEARER, API_KEY],
      defaultInputModes: MODES,
      defaultOutputModes: MODES,
      skills,
      signatures: [],
    };
  }
}

function toSkill({ operation, name, description, tags, examples }: Skill): AgentSkill {
  return {
    id: operation,
    name,
    description,
    tags: [...tags],
    examples: [...examples],
    inputModes: [],
    outputModes: [],
    securityRequirements: [],
  };
}

function toPlainSkill({ name, summary, kind, isDestructive, needsPerson }: RegisteredOperation): AgentSkill {
  return {
    id: name,
    name,
    description:
      isDestructive || (needsPerson && !needsPerson.fields)
        ? `${summary}. A person has to say yes in the inbox.`
        : summary,
    tags: [name.split('.', 1)[0]!, kind === 'query' ? 'read' : 'write'],
    examples: [],
    inputModes: [],
    outputModes: [],
    securityRequirements: [],
  };
}
