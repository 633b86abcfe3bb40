"""A quota on links of which one that is there already is taken over: the rival that counts is the request that adds one as well."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/plans"))


class Base(DeclarativeBase):
    pass


class Plan(Base):
    __tablename__ = "plans"
    id: Mapped[int] = mapped_column(primary_key=True)


class Sheet(Base):
    __tablename__ = "sheets"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)


class Pinned(Base):
    __tablename__ = "pinned"
    __table_args__ = (UniqueConstraint("plan_id", "sheet_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    sheet_id: Mapped[int] = mapped_column(ForeignKey("sheets.id"))
    sheet: Mapped[Sheet] = relationship()


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/plans/{plan_id}/sheets")
def pin_sheet(plan_id: int, digest: str, session: Session = Depends(db)):
    if session.scalar(select(func.count()).select_from(Pinned).where(Pinned.plan_id == plan_id)) >= 5:  # step MB105 check
        raise HTTPException(409)
    sheet = session.scalars(select(Sheet).where(Sheet.digest == digest)).one()
    there = session.scalars(select(Pinned).where(Pinned.plan_id == plan_id, Pinned.sheet_id == sheet.id)).first()  # want MB104 "pinned"
    if there:
        there.sheet = sheet
    else:
        there = Pinned(plan_id=plan_id, sheet_id=sheet.id)
        there.sheet = sheet
        session.add(there)  # want MB105 "pinned"
    session.commit()


@app.post("/plans/{plan_id}/sheets/in-turn")
def pin_in_turn(plan_id: int, sheet_id: int, session: Session = Depends(db)):
    session.execute(select(Plan.id).where(Plan.id == plan_id).with_for_update())
    if session.scalar(select(func.count()).select_from(Pinned).where(Pinned.plan_id == plan_id)) >= 5:
        raise HTTPException(409)
    there = session.scalars(select(Pinned).where(Pinned.plan_id == plan_id, Pinned.sheet_id == sheet_id)).first()
    if not there:
        session.add(Pinned(plan_id=plan_id, sheet_id=sheet_id))
    session.commit()
