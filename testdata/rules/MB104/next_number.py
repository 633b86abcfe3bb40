"""A number that goes on from those that are there is another one for whoever waits for the lock on the parent."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/press"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Book(Base):
    __tablename__ = "books"

    id: Mapped[int] = mapped_column(primary_key=True)


class Edition(Base):
    __tablename__ = "editions"
    __table_args__ = (UniqueConstraint("book_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    number: Mapped[int]


async def get_db():
    async with Session() as db:
        yield db


async def lock(db: AsyncSession, book_id: int):
    if await db.scalar(select(Book.id).where(Book.id == book_id).with_for_update()) is None:
        raise HTTPException(404)


def last_number(book_id: int):
    return select(Edition.number).where(Edition.book_id == book_id).order_by(Edition.number.desc()).limit(1)


@app.post("/books/{book_id}/editions")
async def publish(book_id: int, db: AsyncSession = Depends(get_db)):
    last = (await db.execute(last_number(book_id))).scalar_one_or_none()
    db.add(Edition(book_id=book_id, number=(last or 0) + 1))  # want MB104 "IntegrityError"
    await db.commit()


@app.post("/books/{book_id}/locked-editions")
async def publish_locked(book_id: int, db: AsyncSession = Depends(get_db)):
    await lock(db, book_id)
    last = (await db.execute(last_number(book_id))).scalar_one_or_none()
    db.add(Edition(book_id=book_id, number=(last or 0) + 1))
    await db.commit()


@app.post("/books/{book_id}/highest-editions")
async def publish_highest(book_id: int, db: AsyncSession = Depends(get_db)):
    await lock(db, book_id)
    highest = await db.scalar(select(func.max(Edition.number)).where(Edition.book_id == book_id))
    db.add(Edition(book_id=book_id, number=highest + 1 if highest is not None else 1))
    await db.commit()


@app.post("/books/{book_id}/newest-editions")
async def publish_newest(book_id: int, db: AsyncSession = Depends(get_db)):
    await lock(db, book_id)
    newest = await db.scalar(select(Edition).where(Edition.book_id == book_id).order_by(Edition.number.desc()).limit(1))
    number = 1
    if newest is not None:
        number = newest.number + 1
    db.add(Edition(book_id=book_id, number=number))
    await db.commit()


@app.post("/books/{book_id}/late-editions")
async def publish_locked_too_late(book_id: int, db: AsyncSession = Depends(get_db)):
    highest = await db.scalar(select(func.max(Edition.number)).where(Edition.book_id == book_id))  # want MB104 "IntegrityError"
    await lock(db, book_id)
    db.add(Edition(book_id=book_id, number=(highest or 0) + 1))
    await db.commit()
