"""What is joined to a row must not be locked with it: PostgreSQL refuses to lock the outer side of a join."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship

engine = create_engine("postgresql+psycopg://localhost/parcels")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Courier(Base):
    __tablename__ = "couriers"
    id: Mapped[int] = mapped_column(primary_key=True)


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    courier_id: Mapped[int | None] = mapped_column(ForeignKey("couriers.id"))
    courier: Mapped[Courier | None] = relationship()


class Crate(Base):
    __tablename__ = "crates"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    courier_id: Mapped[int | None] = mapped_column(ForeignKey("couriers.id"))
    courier: Mapped[Courier | None] = relationship(lazy="joined")


def get_db():
    with Session(engine) as session:
        yield session


@app.post("/parcels/{parcel_id}/hand-over")
def hand_over(parcel_id: int, db: Session = Depends(get_db)):
    statement = select(Parcel).where(Parcel.id == parcel_id)
    statement = statement.options(joinedload(Parcel.courier))
    parcel = db.execute(statement).scalar_one()
    if parcel.state != "ready":
        raise HTTPException(409, f"parcel is {parcel.state}")
    parcel.state = "on the way"
    db.commit()


@app.post("/crates/{crate_id}/hand-over")
def hand_over_crate(crate_id: int, db: Session = Depends(get_db)):
    crate = db.get(Crate, crate_id)
    if crate.state != "ready":
        raise HTTPException(409)
    crate.state = "on the way"
    db.commit()
