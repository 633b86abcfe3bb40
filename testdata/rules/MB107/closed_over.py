"""Who adds a row to one that is open, while another request reckons with the rows there are and closes it, is left out. Closing alone harms
nobody, and who holds the lock of the row before looking keeps it open."""
from decimal import Decimal
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload

Maker = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/salvage"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Lot(Base):
    __tablename__ = "lots"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(default="open")
    weight: Mapped[Decimal] = mapped_column(default=0)
    pieces: Mapped[list["Piece"]] = relationship(back_populates="lot")


class Piece(Base):
    __tablename__ = "pieces"

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"))
    weight: Mapped[Decimal]
    lot: Mapped[Lot] = relationship(back_populates="pieces")


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bool] = mapped_column(default=False)
    load: Mapped[int] = mapped_column(default=0)


class Bottle(Base):
    __tablename__ = "bottles"

    id: Mapped[int] = mapped_column(primary_key=True)
    crate_id: Mapped[int] = mapped_column(ForeignKey("crates.id"))


class Survey(Base):
    __tablename__ = "surveys"

    id: Mapped[int] = mapped_column(primary_key=True)
    running: Mapped[bool] = mapped_column(default=True)


class Reply(Base):
    __tablename__ = "replies"

    id: Mapped[int] = mapped_column(primary_key=True)
    survey_id: Mapped[int] = mapped_column(ForeignKey("surveys.id"))
    text: Mapped[str]


class Shift(Base):
    __tablename__ = "shifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    over: Mapped[bool] = mapped_column(default=False)


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    filed: Mapped[bool] = mapped_column(default=False)


class Shelf(Base):
    __tablename__ = "shelves"

    id: Mapped[int] = mapped_column(primary_key=True)
    archived: Mapped[bool] = mapped_column(default=False)


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"))
    sold: Mapped[bool] = mapped_column(default=False)


async def get_db():
    async with Maker() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/lots/{lot_id}/pieces")
async def add_piece(lot_id: int, weight: Decimal, db: DB):
    lot = await db.get(Lot, lot_id)
    if lot is None or lot.stage != "open":  # want MB107 "what one adds is not among what the other has looked at"
        raise HTTPException(409)
    db.add(Piece(lot_id=lot.id, weight=weight))
    await db.commit()


@app.post("/lots/{lot_id}/weigh")
async def weigh(lot_id: int, db: DB):
    lot = await db.scalar(select(Lot).where(Lot.id == lot_id).options(selectinload(Lot.pieces)).with_for_update())
    if lot is None or lot.stage != "open":
        raise HTTPException(409)
    lot.weight = sum(piece.weight for piece in lot.pieces)
    lot.stage = "weighed"
    await db.commit()


# Both hold the lock of the crate before they look.
@app.post("/crates/{crate_id}/bottles")
async def fill(crate_id: int, db: DB):
    crate = await db.get(Crate, crate_id, with_for_update=True)
    if crate is None or crate.sealed:
        raise HTTPException(409)
    db.add(Bottle(crate_id=crate_id))
    await db.commit()


@app.post("/crates/{crate_id}/seal")
async def seal(crate_id: int, db: DB):
    crate = await db.get(Crate, crate_id, with_for_update=True)
    if crate is None or crate.sealed:
        raise HTTPException(409)
    crate.load = await db.scalar(select(func.count()).select_from(Bottle).where(Bottle.crate_id == crate_id))
    crate.sealed = True
    await db.commit()


# Whether the survey ends before or after the last reply comes to the same.
@app.post("/surveys/{survey_id}/replies")
async def answer(survey_id: int, text: str, db: DB):
    survey = await db.get(Survey, survey_id)
    if survey is None or not survey.running:
        raise HTTPException(409)
    db.add(Reply(survey_id=survey_id, text=text))
    await db.commit()


@app.post("/surveys/{survey_id}/end")
async def end(survey_id: int, db: DB):
    await db.execute(update(Survey).where(Survey.id == survey_id).values(running=False))
    await db.commit()


# The lock of the one does not help where the other looks at the notes first and takes its own with the write.
@app.post("/shifts/{shift_id}/notes")
async def write_down(shift_id: int, db: DB):
    shift = await db.get(Shift, shift_id, with_for_update=True)
    if shift is None or shift.over:  # want MB107 "what one adds is not among what the other has looked at"
        raise HTTPException(409)
    db.add(Note(shift_id=shift_id))
    await db.commit()


@app.post("/shifts/{shift_id}/end")
async def hand_over(shift_id: int, db: DB):
    shift = await db.get(Shift, shift_id)
    for note in await db.scalars(select(Note).where(Note.shift_id == shift_id)):
        note.filed = True
    shift.over = True
    await db.commit()


# It is only archived where nothing is left to do.
@app.post("/shelves/{shelf_id}/books")
async def put(shelf_id: int, db: DB):
    shelf = await db.get(Shelf, shelf_id)
    if shelf is None or shelf.archived:  # want MB107 "what one adds is not among what the other has looked at"
        raise HTTPException(409)
    db.add(Book(shelf_id=shelf_id))
    await db.commit()


@app.post("/shelves/{shelf_id}/archive")
async def archive(shelf_id: int, db: DB):
    shelf = await db.get(Shelf, shelf_id)
    if await db.scalar(select(func.count()).select_from(Book).where(Book.shelf_id == shelf_id, Book.sold.is_(False))):
        raise HTTPException(409)
    shelf.archived = True
    await db.commit()
