from alembic import context
from sqlalchemy import create_engine

from shop.config import settings
from shop.models import Base


def run() -> None:
    engine = create_engine(settings.sync_database_url)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
