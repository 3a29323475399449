/**
 * Addresses are in the hash: `#/leads/L1?tab=x` is path `/leads/L1` with the query `tab=x`. A route's pattern has `:names`.
 */
export function matchRoute(routes, path) {
  for (const [pattern, view] of routes) {
    const names = [];
    const source = pattern.replace(/:(\w+)/g, (_, name) => {
      names.push(name);
      return '([^/]+)';
    });
    const found = new RegExp(`^${source}$`).exec(path);
    if (found)
      return {
        view,
        params: Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1])])),
      };
  }
  return undefined;
}

export function currentAddress() {
  const [path, query = ''] = location.hash.replace(/^#/, '').split('?');
  return { path: path || '/overview', query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The link to a view; parts of the path are escaped by the caller with `link`. */
export function link(...parts) {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** Sets the query without leaving the view and without a step in the browser's history. */
export function replaceQuery(query) {
  const { path } = currentAddress();
  const wanted = Object.entries(query).filter(([, value]) => value !== '' && value !== undefined);
  const text = new URLSearchParams(wanted).toString();
  history.replaceState(null, '', `#${path}${text ? `?${text}` : ''}`);
}

export function goTo(address) {
  location.hash = address.replace(/^#/, '');
}
