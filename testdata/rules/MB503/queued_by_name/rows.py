from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

sessions = sessionmaker(create_engine("postgresql+psycopg://films@db/films"))


class Base(DeclarativeBase):
    pass


class Film(Base):
    __tablename__ = "films"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]


def get_db():
    with sessions() as db:
        yield db
