import type { Notice } from './notification.entity.js';

/** One thing of the inbox as it is told. */
export interface ToldItem {
  readonly item_type: 'escalation' | 'approval';
  readonly item_id: string;
  readonly notice: Notice;
  /** Of a case; an approval has none. */
  readonly reason: string | null;
  readonly title: string;
  readonly priority: string;
  readonly due_at: string;
  readonly lead_id: string | null;
  readonly url: string;
}

const WORDS: Readonly<Record<Notice, string>> = {
  raised: 'New',
  reminded: 'Still waits',
  climbed: 'Overdue',
  requested: 'Asks for a yes',
  mentioned: 'You are mentioned',
  waiting: 'Waits for long',
};

export interface ComposedNotice {
  readonly subject: string;
  readonly text: string;
}

/** The words of a mail or of a chat message about what waits. @param items at least one */
export function composeNotice(items: readonly ToldItem[]): ComposedNotice {
  const [first] = items;
  const subject =
    items.length === 1 ? `${WORDS[first!.notice]}: ${first!.title}` : `${items.length} things wait in the inbox`;
  const text = items
    .map(({ notice, title, reason, due_at, url }) =>
      [`${WORDS[notice]}: ${title}`, `${(reason ?? 'approval').replaceAll('_', ' ')}, due ${spoken(due_at)}`, url].join(
        '\n',
      ),
    )
    .join('\n\n');
  return { subject: oneLine(subject).slice(0, 200), text };
}

function spoken(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
