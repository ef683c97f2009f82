"""GraphiQL: the build hook, the routes, and the page in a browser."""
