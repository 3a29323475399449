const ADDRESS_BY_NOUN: Readonly<Record<string, string>> = {
  lead: 'db://leads',
  campaign: 'db://campaigns',
  interaction: 'db://interactions',
  conversation: 'db://interactions',
  memory: 'cache://memory',
  graph: 'kg://graph',
};

/** The resource that an operation is about, in the journal's words. */
export function targetOfOperation(name: string): string {
  const noun = name.split('.', 1)[0]!;
  return ADDRESS_BY_NOUN[noun] ?? `herald://${noun}`;
}

/** An address without its id; undefined for what is none. */
export function targetOfUri(uri: unknown): string | undefined {
  return typeof uri === 'string' ? /^[a-z]+:\/\/[^/#]+/.exec(uri)?.[0] : undefined;
}
