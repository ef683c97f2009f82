"""GraphQL types of the face, one concept per module."""
