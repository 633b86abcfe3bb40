"""Numbers from max(), from a locked parent, and with a retry on the unique key."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/desk"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Board(Base):
    __tablename__ = "boards"

    id: Mapped[int] = mapped_column(primary_key=True)


class Ticket(Base):
    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    number: Mapped[int]


class Card(Base):
    __tablename__ = "cards"
    __table_args__ = (UniqueConstraint("board_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int]
    number: Mapped[int]


class Page(Base):
    __tablename__ = "pages"

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int]
    number: Mapped[int]


def get_db():
    with SessionLocal() as db:
        yield db


@app.post("/boards/{board_id}/tickets")
def add_ticket(board_id: int, db: Session = Depends(get_db)):
    last = db.query(func.max(Ticket.number)).filter(Ticket.board_id == board_id).scalar()  # step MB113 read
    db.add(Ticket(board_id=board_id, number=(last or 0) + 1))  # want MB113 "number"
    db.commit()


@app.post("/boards/{board_id}/cards")
def add_card(board_id: int, db: Session = Depends(get_db)):
    for _ in range(5):
        last = db.scalar(select(func.max(Card.number)).where(Card.board_id == board_id))
        db.add(Card(board_id=board_id, number=(last or 0) + 1))
        try:
            db.commit()
        except IntegrityError:
            db.rollback()
        else:
            return
    raise HTTPException(503)


@app.post("/boards/{board_id}/pages")
def add_page(board_id: int, db: Session = Depends(get_db)):
    if db.scalar(select(Board.id).where(Board.id == board_id).with_for_update()) is None:
        raise HTTPException(404)
    last = db.scalar(select(func.max(Page.number)).where(Page.board_id == board_id))
    db.add(Page(board_id=board_id, number=(last or 0) + 1))
    db.commit()
