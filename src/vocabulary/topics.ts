interface TopicTraits {
  /** As the preference page names it. */
  readonly title: string;
  readonly description: string;
}

/** What messages are about, as far as a recipient can choose. A new topic is a row here. */
const TABLE = {
  offers: { title: 'offers', description: 'Offers, demos and meetings that fit what you asked about' },
  ideas: { title: 'ideas and guides', description: 'Now and then a guide, a case or an idea' },
} as const satisfies Record<string, TopicTraits>;

export type Topic = keyof typeof TABLE;
export const TOPIC: Readonly<Record<Topic, TopicTraits>> = TABLE;
export const TOPICS = Object.keys(TABLE) as readonly Topic[];

/** What a message is about: the slow sequences bring ideas, everything else offers. */
export function topicOf(sequence: { readonly name: string } | null | undefined): Topic {
  return sequence?.name.startsWith('nurtur') ? 'ideas' : 'offers';
}

/** Of a message that belongs to no sequence. */
export const DEFAULT_TOPIC: Topic = topicOf(null);
