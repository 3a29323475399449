const formats = new Map<string, Intl.DateTimeFormat | null>();

/** The hour that clocks of a zone show, 0 to 23; of UTC where the zone is unknown. */
export function hourIn(timeZone: string, at: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) formats.set(timeZone, (format = formatOf(timeZone)));
  const time = new Date(at);
  return format ? Number(format.format(time)) : time.getUTCHours();
}

function formatOf(timeZone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' });
  } catch {
    return null;
  }
}
