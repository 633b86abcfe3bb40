"""What is too much of a set is picked from the set itself: two requests that count the same pick the same."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/backups"))


class Base(DeclarativeBase):
    pass


class Copy(Base):
    __tablename__ = "copies"
    id: Mapped[int] = mapped_column(primary_key=True)
    disk_id: Mapped[int]
    made: Mapped[int]


class Keeper(Base):
    __tablename__ = "keepers"
    id: Mapped[int] = mapped_column(primary_key=True)
    disk_id: Mapped[int]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.post("/disks/{disk_id}/tidy")
def tidy(disk_id: int, keep: int, session: Session = Depends(db)):
    copies = session.scalars(select(Copy).where(Copy.disk_id == disk_id).order_by(Copy.made)).all()
    if len(copies) > keep:
        for old in copies[keep:]:
            session.delete(old)
    session.commit()


@app.delete("/disks/{disk_id}/keepers/{id}")
def leave(disk_id: int, id: int, session: Session = Depends(db)):
    keepers = session.scalars(select(Keeper).where(Keeper.disk_id == disk_id)).all()
    if len(keepers) <= 1:  # step MB116 check
        raise HTTPException(409)
    keeper = session.get(Keeper, id)
    session.delete(keeper)  # want MB116 "keepers"
    session.commit()
