"""A CHECK constraint keeps a column from going too far only the way that it is counted."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import CheckConstraint, create_engine, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

engine = create_engine("postgresql+psycopg://localhost/ferry")
SessionLocal = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tank(Base):
    __tablename__ = "tanks"
    __table_args__ = (CheckConstraint("litres <= 5000", name="not_over_the_brim"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    litres: Mapped[int]


class Deck(Base):
    __tablename__ = "decks"
    __table_args__ = (CheckConstraint("cars <= places", name="no_car_in_the_water"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cars: Mapped[int]
    places: Mapped[int]


class Cabin(Base):
    __tablename__ = "cabins"
    __table_args__ = (CheckConstraint("guests >= 0"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    guests: Mapped[int]
    beds: Mapped[int]


def get_db():
    with SessionLocal() as session:
        yield session


def commit(db: Session) -> None:
    try:
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "too late") from None


@app.post("/tanks/{tank_id}/pump")
def pump(tank_id: int, litres: int, db: Session = Depends(get_db)):
    tank = db.get(Tank, tank_id)
    if tank is None or tank.litres < litres:
        raise HTTPException(409, "not enough")
    db.execute(update(Tank).where(Tank.id == tank_id).values(litres=Tank.litres - litres))  # want MB102 "litres"
    commit(db)


@app.post("/decks/{deck_id}/cars")
def drive_on(deck_id: int, db: Session = Depends(get_db)):
    deck = db.get(Deck, deck_id)
    if deck is None or deck.cars >= deck.places:
        raise HTTPException(409, "full")
    try:
        db.execute(update(Deck).where(Deck.id == deck_id).values(cars=Deck.cars + 1))
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "full") from None


@app.post("/cabins/{cabin_id}/guests")
def check_in(cabin_id: int, db: Session = Depends(get_db)):
    cabin = db.get(Cabin, cabin_id)
    if cabin is None or cabin.guests >= cabin.beds:
        raise HTTPException(409, "full")
    db.execute(text("UPDATE cabins SET guests = guests + 1 WHERE id = :id"), {"id": cabin_id})  # want MB102 "guests"
    commit(db)


@app.post("/cabins/{cabin_id}/leave")
def check_out(cabin_id: int, guests: int, db: Session = Depends(get_db)):
    cabin = db.get(Cabin, cabin_id)
    if cabin is None or cabin.guests < guests:
        raise HTTPException(409, "so many are not there")
    try:
        db.execute(text("UPDATE cabins SET guests = guests - :n WHERE id = :id"), {"n": guests, "id": cabin_id})
        db.commit()
    except IntegrityError:
        db.rollback()
        raise HTTPException(409, "so many are not there") from None
