"""Members are told apart by the person that they stand for, and not by the key of their row."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/choirs"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Singer(Base):
    __tablename__ = "singers"
    id: Mapped[int] = mapped_column(primary_key=True)
    choir_id: Mapped[int]
    person_id: Mapped[int]
    leads: Mapped[bool]


def db():
    with Maker() as session:
        yield session


@app.delete("/choirs/{choir_id}/singers/{person_id}")
def leave(choir_id: int, person_id: int, session: Session = Depends(db)):
    leaders = session.query(Singer).filter(Singer.choir_id == choir_id, Singer.leads.is_(True)).all()  # step MB116 read
    others = [s for s in leaders if s.person_id != person_id]
    if not others:  # step MB116 check
        raise HTTPException(409)
    session.query(Singer).filter(Singer.choir_id == choir_id, Singer.person_id == person_id).delete()  # want MB116 "singers"
    session.commit()


@app.delete("/choirs/{choir_id}/singers/{person_id}/in-turn")
def leave_in_turn(choir_id: int, person_id: int, session: Session = Depends(db)):
    leaders = session.query(Singer).filter(Singer.choir_id == choir_id, Singer.leads.is_(True)).order_by(Singer.id).with_for_update().all()
    others = [s for s in leaders if s.person_id != person_id]
    if not others:
        raise HTTPException(409)
    session.query(Singer).filter(Singer.choir_id == choir_id, Singer.person_id == person_id).delete()
    session.commit()
