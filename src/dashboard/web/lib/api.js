const REFRESH_KEY = 'herald.refresh_token';

/** An error that the server told: RFC 9457 problem details. */
export class ApiProblem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `the server answered ${status}`);
    this.status = status;
    this.code = problem.code;
    this.title = problem.title ?? 'Error';
    this.fields = problem.errors ?? [];
    this.requestId = problem.request_id;
  }
}

/** Nobody is signed in, or not any more. */
export class SignedOut extends Error {}

let accessToken;
let me;
let refreshing;
const signOutListeners = [];

/** Called when the session has ended by itself. */
export function onSignedOut(listener) {
  signOutListeners.push(listener);
}

export function currentUser() {
  return me;
}

/** Whether the signed-in person holds a scope. */
export function can(scope) {
  return me?.scopes.includes(scope) ?? false;
}

export async function signIn(email, password) {
  const tokens = await exchange('/api/v1/auth/login', { email, password });
  keep(tokens);
  me = await get('/api/v1/auth/me');
}

/** Goes on with this tab's session. @returns whether there was one */
export async function resume() {
  if (!sessionStorage.getItem(REFRESH_KEY)) return false;
  try {
    await refresh();
    me = await get('/api/v1/auth/me');
    return true;
  } catch (error) {
    if (error instanceof SignedOut) return false;
    throw error;
  }
}

export async function signOut() {
  const refresh_token = sessionStorage.getItem(REFRESH_KEY);
  const farewell = accessToken && post('/api/v1/auth/logout', refresh_token ? { refresh_token } : {});
  await farewell?.catch(() => undefined);
  forget();
}

export function get(path, query, signal) {
  const wanted = Object.entries(query ?? {}).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  const text = new URLSearchParams(wanted).toString();
  return send(text ? `${path}?${text}` : path, { method: 'GET', signal });
}

/** Every click gets a key of its own, so that a request that was sent twice acts once. */
export function post(path, body = {}) {
  return send(path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': randomKey() },
  });
}

/** An answer that goes on, to be read piece by piece. */
export async function openStream(path, headers, signal) {
  const response = await authorised(path, {
    method: 'GET',
    headers: { Accept: 'text/event-stream', ...headers },
    signal,
  });
  return response.ok ? response : read(response);
}

async function send(path, options) {
  return read(await authorised(path, options));
}

async function authorised(path, options) {
  let response = await attempt(path, options);
  if (response.status === 401) {
    await refresh();
    response = await attempt(path, options);
  }
  if (response.status === 401) {
    end();
    throw new SignedOut();
  }
  return response;
}

async function attempt(path, { headers, ...options }) {
  const authorization = accessToken && { Authorization: `Bearer ${accessToken}` };
  try {
    return await fetch(path, { ...options, headers: { Accept: 'application/json', ...headers, ...authorization } });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Error('The server cannot be reached. Check that it is running, then try again.', { cause: error });
  }
}

async function read(response) {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
  const body = isJson && text ? JSON.parse(text) : {};
  if (!response.ok) throw new ApiProblem(response.status, body);
  return body;
}

/** A refresh token is good once, so requests that meet an expired access token together share one exchange. */
function refresh() {
  refreshing ??= exchangeRefreshToken().finally(() => (refreshing = undefined));
  return refreshing;
}

async function exchangeRefreshToken() {
  const refresh_token = sessionStorage.getItem(REFRESH_KEY);
  if (!refresh_token) {
    end();
    throw new SignedOut();
  }
  try {
    keep(await exchange('/api/v1/auth/refresh', { refresh_token }));
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status >= 500 || error.status === 429) throw error;
    end();
    throw new SignedOut();
  }
}

async function exchange(path, body) {
  return read(
    await attempt(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    }),
  );
}

function keep({ access_token, refresh_token }) {
  accessToken = access_token;
  sessionStorage.setItem(REFRESH_KEY, refresh_token);
}

function forget() {
  accessToken = undefined;
  me = undefined;
  sessionStorage.removeItem(REFRESH_KEY);
}

function end() {
  forget();
  for (const listener of signOutListeners) listener();
}

// crypto.randomUUID exists on https and localhost only
function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
