"""Subscriptions' transports: graphql-transport-ws over WebSocket, and GraphQL over SSE."""
