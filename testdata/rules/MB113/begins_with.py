"""The highest of the texts that begin in the same way is counted on from, where nobody else writes the table."""
from fastapi import FastAPI
from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/lab"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sample(Base):
    __tablename__ = "samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(24))


class Slide(Base):
    __tablename__ = "slides"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(24))


@app.post("/samples")
async def sample(bench: str):
    prefix = f"{bench}-2030"
    async with Session.begin() as session:
        latest = await session.scalar(select(Sample.label).where(Sample.label.startswith(prefix)).order_by(Sample.label.desc()).limit(1))
        n = int(latest.rsplit("-", 1)[1]) + 1 if latest else 1  # step MB113 read
        session.add(Sample(label=f"{prefix}-{n:05d}"))  # want MB113 "samples"


@app.post("/slides")
async def slide_of_another_kind_ok():
    async with Session.begin() as session:
        latest = await session.scalar(select(Slide.label).where(Slide.label.startswith("OLD-")).order_by(Slide.label.desc()).limit(1))
        n = int(latest.rsplit("-", 1)[1]) + 1 if latest else 1
        session.add(Slide(label=f"NEW-{n}"))
