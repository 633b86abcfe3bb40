"""A row is updated, and inserted where the update found none: nothing keeps two requests from both finding none."""
from fastapi import Depends, FastAPI
from sqlalchemy import UniqueConstraint, create_engine, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/harbour"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Depth(Base):
    __tablename__ = "depths"
    id: Mapped[int] = mapped_column(primary_key=True)
    berth: Mapped[int]
    month: Mapped[str]
    metres: Mapped[float]


class Tide(Base):
    __tablename__ = "tides"
    __table_args__ = (UniqueConstraint("berth", "month"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    berth: Mapped[int]
    month: Mapped[str]
    metres: Mapped[float]


def db():
    with Maker() as session:
        yield session


@app.put("/berths/{berth}/depths/{month}")
def sound(berth: int, month: str, metres: float, session: Session = Depends(db)):
    changed = session.execute(update(Depth).where(Depth.berth == berth, Depth.month == month).values(metres=metres))  # step MB115 read
    if not changed.rowcount:  # step MB115 check
        session.add(Depth(berth=berth, month=month, metres=metres))  # want MB115 "depths"
    session.commit()


# A new reading each time: the update closes the old one, and the insert does not hang on whether there was one.
@app.post("/berths/{berth}/readings")
def read_anew(berth: int, month: str, metres: float, session: Session = Depends(db)):
    closed = session.execute(update(Depth).where(Depth.berth == berth, Depth.month == "now").values(month=month))
    if closed.rowcount:
        session.add(Depth(berth=berth, month="now", metres=metres))
    session.commit()


@app.put("/berths/{berth}/tides/{month}")
def tide(berth: int, month: str, metres: float, session: Session = Depends(db)):
    changed = session.execute(update(Tide).where(Tide.berth == berth, Tide.month == month).values(metres=metres))
    if changed.rowcount == 0:
        session.add(Tide(berth=berth, month=month, metres=metres))
    try:
        session.commit()
    except IntegrityError:
        session.rollback()
        session.execute(update(Tide).where(Tide.berth == berth, Tide.month == month).values(metres=metres))
        session.commit()


@app.put("/berths/{berth}/tides/{month}/at-once")
def tide_at_once(berth: int, month: str, metres: float, session: Session = Depends(db)):
    stmt = insert(Tide).values(berth=berth, month=month, metres=metres)
    session.execute(stmt.on_conflict_do_update(index_elements=["berth", "month"], set_={"metres": metres}))
    session.commit()
