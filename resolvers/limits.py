"""How much one request may ask."""

from dataclasses import dataclass

from graphql import ASTValidationRule
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one request: lookups, depth, aliases, tokens, and the bytes of its body."""

    lookups: int = 1000
    depth: int = 16
    aliases: int = 400
    tokens: int = 10_000
    body_bytes: int = 2_000_000

    def rules(self) -> tuple[type[ASTValidationRule], ...]:
        """Validation rules, made once: rules made per request would defeat the document cache."""
        return (
            *QueryDepthLimiter(max_depth=self.depth).validation_rules,
            *MaxAliasesLimiter(max_alias_count=self.aliases).validation_rules,
        )
