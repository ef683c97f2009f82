"""Facts about the issuer's side, through GraphQL alone."""
