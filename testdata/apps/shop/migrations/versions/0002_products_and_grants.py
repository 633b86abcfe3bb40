"""products and grants

Revision ID: 0002
Revises: 0001
"""
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "products",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.Text, nullable=False, server_default=""),
        sa.Column("price_cents", sa.Integer, nullable=False),
        sa.Column("is_listed", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_foreign_key("fk_orders_product", "orders", "products", ["product_id"], ["id"])
    op.create_table(
        "grants",
        sa.Column("user_id", sa.Integer, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("permission", sa.String(40), primary_key=True),
    )
    op.add_column("orders", sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("orders", "shipped_at")
    op.drop_table("grants")
    op.drop_constraint("fk_orders_product", "orders", type_="foreignkey")
    op.drop_table("products")
