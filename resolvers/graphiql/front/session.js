const NAMESPACE = "certhub";

function dropOlder(version) {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(`${NAMESPACE}:`) && !key.startsWith(`${NAMESPACE}:${version}:`)) {
      sessionStorage.removeItem(key);
    }
  }
}

/**
 * A store for GraphiQL that ends with the browser tab, as it holds an API key and people's numbers;
 * what was kept under another version of the hub's examples is dropped.
 */
export function sessionStore(version) {
  dropOlder(version);
  const prefix = `${NAMESPACE}:${version}:`;
  const ownKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (name) => sessionStorage.getItem(prefix + name),
    setItem: (name, value) => sessionStorage.setItem(prefix + name, value),
    removeItem: (name) => sessionStorage.removeItem(prefix + name),
    clear: () => ownKeys().forEach((key) => sessionStorage.removeItem(key)),
    get length() {
      return ownKeys().length;
    },
  };
}
