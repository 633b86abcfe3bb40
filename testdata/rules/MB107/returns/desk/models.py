import enum
import uuid

from sqlalchemy import Enum
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class State(enum.StrEnum):
    REQUESTED = "requested"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REJECTED = "rejected"


class Base(DeclarativeBase):
    pass


class StateMixin:
    state: Mapped[State] = mapped_column(Enum(State), default=State.REQUESTED)


class Return(StateMixin, Base):
    __tablename__ = "returns"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    iban: Mapped[str]
    cents: Mapped[int]
