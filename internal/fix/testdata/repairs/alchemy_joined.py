"""A join in another look of the function says nothing about what is looked for."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql://localhost/x"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Club(Base):
    __tablename__ = "clubs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Seat(Base):
    __tablename__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    club_id: Mapped[int] = mapped_column(ForeignKey("clubs.id"))
    who: Mapped[str]


def get_db():
    with factory() as db:
        yield db


@app.post("/clubs")
def create(name: str, who: str, db: Session = Depends(get_db)):
    existing = db.execute(select(Club).where(Club.name == name))
    if existing.scalar():
        raise HTTPException(409, "name in use")
    mine = db.scalars(select(Club).join(Seat).where(Seat.who == who)).all()
    if len(mine) >= 3:
        raise HTTPException(403)
    db.add(Club(name=name))
    db.commit()
