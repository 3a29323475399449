import { openStream, SignedOut } from './api.js';

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;
/** Events come in swarms, and one look at the server answers for all of them. */
const GATHER_MS = 700;

/** @type {Set<{ wants: (event: object) => boolean, tell: () => void }>} */
const watchers = new Set();
let reading;
let lastEventId = '';

// browsers open few connections to one server, and tabs that nobody sees should not hold them
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) return begin();
  lastEventId = '';
  stop();
});

/**
 * Calls `onChange` soon after something of these kinds happened, until the signal is aborted. Where the stream cannot be had, nothing
 * is called.
 * @param kinds what events are about (`handoff`, `message`, …), or addresses (`db://leads`) for rows that changed
 * @param about only what is about this id, or names it
 */
export function watchEvents(kinds, onChange, signal, about) {
  let timer;
  const watcher = {
    wants: (event) =>
      kinds.some((kind) => event.type.startsWith(`${kind}.`) || event.subject_id.startsWith(`${kind}/`)) &&
      (about === undefined || event.subject_id === about || Object.values(event.data).includes(about)),
    tell: () =>
      (timer ??= setTimeout(() => {
        timer = undefined;
        if (!signal.aborted) onChange();
      }, GATHER_MS)),
  };
  watchers.add(watcher);
  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    watchers.delete(watcher);
    if (watchers.size === 0) stop();
  });
  begin();
}

function begin() {
  if (reading || watchers.size === 0 || document.hidden) return;
  reading = new AbortController();
  void readOn(reading.signal);
}

function stop() {
  reading?.abort();
  reading = undefined;
}

/** Reads the stream, and comes back to where it was when it ends. */
async function readOn(signal) {
  for (let wait = FIRST_WAIT_MS; !signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      const response = await openStream('/api/v1/events', lastEventId && { 'Last-Event-ID': lastEventId }, signal);
      wait = FIRST_WAIT_MS;
      // without a place to go on from, nobody knows what happened since the views were made
      if (lastEventId === '') tellAll();
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
  const field = (name) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  lastEventId = field('id') ?? lastEventId;
  const type = field('event');
  if (!type) return;
  if (type === 'reset') return tellAll();
  const event = JSON.parse(field('data'));
  for (const { wants, tell } of watchers) if (wants(event)) tell();
}

function tellAll() {
  for (const { tell } of watchers) tell();
}
