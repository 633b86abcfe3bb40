from alembic import op

revision = "002"
down_revision = "001"


def upgrade():
    with op.batch_alter_table("tags") as batch:
        batch.drop_constraint("uq_tags_label", type_="unique")
    op.create_index("ux_domains_host", "domains", ["host"], unique=True)


def downgrade():
    op.drop_index("ux_domains_host", table_name="domains")
    op.create_unique_constraint("uq_tags_label", "tags", ["label"])
