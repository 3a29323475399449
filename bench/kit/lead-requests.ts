import { createRandom } from '../../src/config/index.js';

export interface LeadBody {
  readonly source: string;
  readonly [field: string]: unknown;
}

const SOURCES = ['Website', 'Referral', 'Webinar', 'Ads', 'Outbound'];
const INDUSTRIES = ['SaaS', 'Retail', 'Manufacturing', 'Healthcare'];
const PERSONAS = ['CMO', 'Founder', 'Procurement', 'Analyst'];
const SIZES = ['1-10', '51-200', '1001-5000', '5000+'];

/** Bodies of POST /api/v1/leads, the same ones for the same seed. Addresses are at example.com. */
export function leadBodies(seed: number): (index: number) => LeadBody {
  const random = createRandom(`leads ${seed}`);
  const one = (values: readonly string[]): string => values[random.integer(values.length)]!;
  return (index) => ({
    source: one(SOURCES),
    industry: one(INDUSTRIES),
    persona: one(PERSONAS),
    company_size: one(SIZES),
    preferred_channel: 'Email',
    gdpr_consent: random.next() < 0.8,
    email: `bench-${seed}-${index}@example.com`,
    message: 'We would like to see a demo and talk about pricing.',
  });
}
