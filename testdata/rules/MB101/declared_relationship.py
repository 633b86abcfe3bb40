"""Relationships that a mixin or a declared_attr declares, and those that a proxy reaches through another row."""
import enum
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship

Session = async_sessionmaker(create_async_engine("postgresql+asyncpg://localhost/garden"), expire_on_commit=False)
app = FastAPI()


class Labelling(enum.StrEnum):
    plot = "plot"
    club = "club"


class Base(DeclarativeBase):
    pass


class Club(Base):
    __tablename__ = "clubs"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_label: Mapped[int] = mapped_column(default=1)
    labelling: Mapped[str] = mapped_column(String, default="club")

    @property
    def label_scheme(self) -> Labelling:
        return Labelling(self.labelling)


class Plot(Base):
    __tablename__ = "plots"

    id: Mapped[int] = mapped_column(primary_key=True)
    next_label: Mapped[int] = mapped_column(default=1)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"))

    @declared_attr
    def club(cls) -> Mapped["Club"]:
        return relationship("Club", lazy="raise")


class Bed(Base):
    __tablename__ = "beds"

    id: Mapped[int] = mapped_column(primary_key=True)
    plot_id: Mapped[int] = mapped_column(ForeignKey("plots.id"))

    @declared_attr
    def plot(cls) -> Mapped["Plot"]:
        return relationship("Plot", lazy="raise")

    club: AssociationProxy["Club"] = association_proxy("plot", "club")


async def get_db():
    async with Session() as session:
        yield session


DB = Annotated[AsyncSession, Depends(get_db)]


@app.post("/beds/{bed_id}/labels")
async def label(bed_id: int, db: DB):
    bed = await db.scalar(select(Bed).where(Bed.id == bed_id))
    if bed is None:
        raise HTTPException(404)
    match bed.club.label_scheme:
        case Labelling.plot:  # step MB101 check
            number = bed.plot.next_label
            bed.plot.next_label = bed.plot.next_label + 1  # want MB101 "next_label"
        case Labelling.club:
            number = bed.club.next_label
            bed.club.next_label = bed.club.next_label + 1  # want MB101 "next_label"
    await db.commit()
    return {"label": number}


@app.post("/v2/beds/{bed_id}/labels")
async def label_by_statement(bed_id: int, db: DB):
    bed = await db.scalar(select(Bed).where(Bed.id == bed_id))
    if bed is None:
        raise HTTPException(404)
    number = await db.scalar(update(Club).where(Club.id == bed.plot.club_id).values(next_label=Club.next_label + 1).returning(Club.next_label))
    await db.commit()
    return {"label": number}
