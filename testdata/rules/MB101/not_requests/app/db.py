from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/solar"))


class Base(DeclarativeBase):
    pass


class Panel(Base):
    __tablename__ = "panels"

    id: Mapped[int] = mapped_column(primary_key=True)
    watt_hours: Mapped[int] = mapped_column(default=0)


def get_db():
    with SessionLocal() as db:
        yield db
