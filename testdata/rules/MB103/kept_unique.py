from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import Index, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/shelf"))


class Base(DeclarativeBase):
    pass


class Label(Base):
    __tablename__ = "labels"
    __table_args__ = (UniqueConstraint("shelf_id", "slug"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int]
    slug: Mapped[str]


class Reader(Base):
    __tablename__ = "readers"
    __table_args__ = (
        Index("ux_readers", "shelf_id", func.lower(text("email")), unique=True, postgresql_where=text("deleted_at IS NULL")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int]
    email: Mapped[str]
    deleted_at: Mapped[str | None]


class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    shelf_id: Mapped[int]
    slug: Mapped[str]


async def db():
    async with Session() as session:
        yield session


app = FastAPI()


def slugged(name: str) -> str:
    return name.strip().lower().replace(" ", "-")


# What is inserted is spelled otherwise than what was looked for; the key keeps either from being there twice.
@app.post("/shelves/{shelf_id}/labels")
async def label(shelf_id: int, slug: str, name: str, session: AsyncSession = Depends(db)):
    if await session.scalar(select(Label).where(Label.shelf_id == shelf_id, Label.slug == slug)):
        raise HTTPException(409)
    session.add(Label(shelf_id=shelf_id, slug=slugged(name)))
    try:
        await session.commit()
    except IntegrityError:
        raise HTTPException(409)


# No key: two marks of one name.
@app.post("/shelves/{shelf_id}/marks")
async def mark(shelf_id: int, slug: str, session: AsyncSession = Depends(db)):
    if await session.scalar(select(Mark).where(Mark.shelf_id == shelf_id, Mark.slug == slug)):
        raise HTTPException(409)
    session.add(Mark(shelf_id=shelf_id, slug=slug))  # want MB103 "marks"
    await session.commit()
