import { openStream, SignedOut } from './api.js';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;
/** Events come in swarms, and one look at the server answers for all of them. */
const GATHER_MS = 700;

/** @type {Set<{ kinds: string[], tell: () => void }>} */
const watchers = new Set();
let reading;
let lastEventId = '';

/**
 * Calls `onChange` soon after something of these kinds happened (`handoff`, `message`, …), until the signal is aborted. Where the stream cannot
 * be had, nothing is called: a view keeps a timer of its own beside it.
 */
export function watchEvents(kinds, onChange, signal) {
  let timer;
  const watcher = {
    kinds,
    tell: () => (timer ??= setTimeout(() => {
      timer = undefined;
      if (!signal.aborted) onChange();
    }, GATHER_MS)),
  };
  watchers.add(watcher);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    watchers.delete(watcher);
    if (watchers.size > 0) return;
    reading?.abort();
    reading = undefined;
  });
  if (!reading) {
    reading = new AbortController();
    void readOn(reading.signal);
  }
}

/** Reads the stream, and comes back to where it was when it ends. */
async function readOn(signal) {
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      const response = await openStream('/api/v1/events', lastEventId && { 'Last-Event-ID': lastEventId }, signal);
      wait = FIRST_WAIT_MS;
      await readBlocks(response.body, take);
    } catch (error) {
      if (signal.aborted || error instanceof SignedOut) return;
    }
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
}

async function readBlocks(body, onBlock) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n');
    text = blocks.pop();
    blocks.forEach(onBlock);
  }
}

function take(block) {
  const field = (name) => block.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  lastEventId = field('id') ?? lastEventId;
  const type = field('event');
  if (!type) return;
  const kind = type.split('.', 1)[0];
  for (const { kinds, tell } of watchers) if (type === 'reset' || kinds.includes(kind)) tell();
}
