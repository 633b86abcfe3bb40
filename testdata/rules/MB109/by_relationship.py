"""A row that a relationship led to is held by the row that has the relationship: the lock that comes later shows it as it was."""
from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/miners"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Miner(Base):
    __tablename__ = "miners"
    id: Mapped[int] = mapped_column(primary_key=True)
    sack: Mapped["Sack"] = relationship(uselist=False)


class Sack(Base):
    __tablename__ = "sacks"
    id: Mapped[int] = mapped_column(primary_key=True)
    miner_id: Mapped[int] = mapped_column(ForeignKey("miners.id"), unique=True)
    grams: Mapped[int]


def db():
    with Maker() as session:
        yield session


def miner(x_miner: int = Header(), session: Session = Depends(db)) -> Miner:
    found = session.get(Miner, x_miner)
    if found is None:
        raise HTTPException(401)
    return found


@app.post("/sell")
def sell(grams: int, who: Miner = Depends(miner), session: Session = Depends(db)):
    sack = session.scalars(select(Sack).where(Sack.id == who.sack.id).with_for_update()).one()
    if sack.grams < grams:  # step MB109 check
        raise HTTPException(402)
    sack.grams -= grams  # want MB109 "sacks.grams"
    session.commit()


@app.post("/sell-fresh")
def sell_fresh(grams: int, who: Miner = Depends(miner), session: Session = Depends(db)):
    sack = session.scalars(select(Sack).where(Sack.id == who.sack.id).with_for_update().execution_options(populate_existing=True)).one()
    if sack.grams < grams:
        raise HTTPException(402)
    sack.grams -= grams
    session.commit()


# The commit has let go of what the relationship held, and the lock loads it anew.
@app.post("/sell-later")
def sell_later(grams: int, who: Miner = Depends(miner), session: Session = Depends(db)):
    sack_id = who.sack.id
    session.commit()
    sack = session.scalars(select(Sack).where(Sack.id == sack_id).with_for_update()).one()
    if sack.grams < grams:
        raise HTTPException(402)
    sack.grams -= grams
    session.commit()
