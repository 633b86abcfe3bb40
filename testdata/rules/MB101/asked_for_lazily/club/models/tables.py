from sqlalchemy.orm import Mapped, mapped_column

from club.models.base import Base


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    visits: Mapped[int]
    warnings: Mapped[int]
    points: Mapped[int]


class Locker(Base):
    __tablename__ = "lockers"
    id: Mapped[int] = mapped_column(primary_key=True)
    opened: Mapped[int]
