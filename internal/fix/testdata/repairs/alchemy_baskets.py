from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/baskets"))
later = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/baskets"), expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase): ...


class Guest(Base):
    __tablename__ = "guests"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Basket(Base):
    __tablename__ = "baskets"
    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int]
    apple: Mapped[str]
    pieces: Mapped[int]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    guest_id: Mapped[int]
    text: Mapped[str]


def get_db():
    with factory() as db:
        yield db


async def get_later():
    async with later() as db:
        yield db


# The basket is locked first; then the same can be done with the one that another request made.
@app.post("/guests/{guest_id}/baskets/{apple}")
def put_in(guest_id: int, apple: str, pieces: int, db: Session = Depends(get_db)):
    basket = db.query(Basket).filter(Basket.guest_id == guest_id, Basket.apple == apple).first()
    if basket:
        basket.pieces += pieces
        db.commit()
        db.refresh(basket)
        return basket
    basket = Basket(guest_id=guest_id, apple=apple, pieces=pieces)
    db.add(basket)
    db.commit()
    db.refresh(basket)
    return basket


# A coroutine cannot ask the guest for the key again when the session was rolled back.
@app.put("/guests/{name}/note")
async def write(name: str, text: str, db: AsyncSession = Depends(get_later)):
    guest = (await db.execute(select(Guest).where(Guest.name == name))).scalar_one()
    note = (await db.execute(select(Note).where(Note.guest_id == guest.id))).scalar_one_or_none()
    if note:
        note.text = text
        await db.commit()
        return note
    note = Note(guest_id=guest.id, text=text)
    db.add(note)
    await db.commit()
    return note
