"""The face: GraphQL types and resolvers, identity, limits, and the ASGI application."""
