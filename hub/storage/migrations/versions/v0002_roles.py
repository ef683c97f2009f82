"""API keys name people with their roles, no longer operators alone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = sa.table(
    "api_keys",
    sa.column("id", sa.Text()),
    sa.column("operators", sa.JSON()),
    sa.column("people", sa.JSON()),
)


def upgrade() -> None:
    """Make every operator a person whose role is operator."""
    op.add_column("api_keys", sa.Column("people", sa.JSON(), nullable=True))
    connection = op.get_bind()
    for key, operators in connection.execute(sa.select(_KEYS.c.id, _KEYS.c.operators)).all():
        people = {name: ["operator"] for name in operators}
        connection.execute(sa.update(_KEYS).where(_KEYS.c.id == key).values(people=people))
    with op.batch_alter_table("api_keys") as table:
        table.alter_column("people", existing_type=sa.JSON(), nullable=False)
        table.drop_column("operators")
