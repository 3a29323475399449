import { Injectable } from '@nestjs/common';
import { type InputRequests, inputResponse } from '@modelcontextprotocol/server';

type Answers = Record<string, unknown>;

interface OpenQuestions {
  /** What has not been answered yet. */
  readonly pending: InputRequests;
  readonly answers: Answers;
  readonly finish: (answers: Answers) => void;
}

/**
 * What running tasks ask of their clients: `input_required` in the tasks extension. Kept in the process that runs the
 * task.
 */
@Injectable()
export class TaskQuestions {
  private readonly open = new Map<string, OpenQuestions>();

  /**
   * Resolves with the answers once every question has one. @throws the signal's reason when the task is cancelled
   * meanwhile
   */
  async ask(taskId: string, questions: InputRequests, signal: AbortSignal): Promise<Answers> {
    signal.throwIfAborted();
    let stop: () => void = () => undefined;
    try {
      return await new Promise<Answers>((finish, reject) => {
        stop = () => reject(signal.reason as Error);
        signal.addEventListener('abort', stop, { once: true });
        this.open.set(taskId, { pending: { ...questions }, answers: {}, finish });
      });
    } finally {
      signal.removeEventListener('abort', stop);
      this.open.delete(taskId);
    }
  }

  /** The questions that are still open; undefined when there are none. */
  pendingOf(taskId: string): InputRequests | undefined {
    return this.open.get(taskId)?.pending;
  }

  /** Takes what answers an open question. The extension has the rest ignored. */
  answer(taskId: string, responses: Answers | undefined): void {
    const open = this.open.get(taskId);
    if (!open) return;
    for (const key of Object.keys(open.pending).filter((each) => inputResponse(responses, each).kind !== 'missing')) {
      open.answers[key] = responses![key];
      delete open.pending[key];
    }
    if (Object.keys(open.pending).length === 0) open.finish(open.answers);
  }
}
