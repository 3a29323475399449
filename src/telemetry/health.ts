import { Injectable } from '@nestjs/common';

const CHECK_TIMEOUT_MS = 2_000;

export interface HealthReport {
  status: 'up' | 'down';
  checks: Record<string, { status: 'up' | 'down'; reason?: string; note?: string; duration_ms: number }>;
}

/** Parts that the process needs register a check here; readiness runs them all and names what is down. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, () => Promise<string | void>>();

  /**
   * @param check resolves when the part works, perhaps with what an operator should know all the same; throws with the
   * reason when it does not
   */
  register(name: string, check: () => Promise<string | void>): void {
    this.checks.set(name, check);
  }

  async report(): Promise<HealthReport> {
    const entries = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await runCheck(check)] as const),
    );
    const isUp = entries.every(([, result]) => result.status === 'up');
    return { status: isUp ? 'up' : 'down', checks: Object.fromEntries(entries) };
  }
}

async function runCheck(check: () => Promise<string | void>): Promise<HealthReport['checks'][string]> {
  const started = performance.now();
  const elapsed = () => Math.round((performance.now() - started) * 10) / 10;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    const note = await Promise.race([check(), timeout]);
    return { status: 'up', ...(typeof note === 'string' && { note }), duration_ms: elapsed() };
  } catch (error) {
    return { status: 'down', reason: error instanceof Error ? error.message : String(error), duration_ms: elapsed() };
  } finally {
    clearTimeout(timer);
  }
}
