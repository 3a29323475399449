export interface ProgressBar {
  update(done: number, label?: string): void;
  stop(): void;
}

const SILENT: ProgressBar = { update: () => undefined, stop: () => undefined };

/** A bar on standard error; nothing at all when that is no terminal or when `isQuiet`. */
export async function progressBar(total: number, format: string, isQuiet = false): Promise<ProgressBar> {
  if (isQuiet || !process.stderr.isTTY) return SILENT;
  const { Presets, SingleBar } = await import('cli-progress');
  const bar = new SingleBar(
    { format, stream: process.stderr, hideCursor: true, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0, { label: '' });
  return { update: (done, label = '') => bar.update(done, { label }), stop: () => bar.stop() };
}
