"""The models, in a file that the package of the same name hides."""
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Hutch(Base):
    __tablename__ = "hutches"

    id: Mapped[int] = mapped_column(primary_key=True)
    rabbits: Mapped[int]
