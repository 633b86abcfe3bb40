"""The last letter of a house may be shredded and no other one: nobody who shreds another makes that stale, as who dismisses another porter does."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/letters"))


class Base(DeclarativeBase):
    pass


class House(Base):
    __tablename__ = "houses"
    id: Mapped[int] = mapped_column(primary_key=True)


class Letter(Base):
    __tablename__ = "letters"
    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int]


class Porter(Base):
    __tablename__ = "porters"
    id: Mapped[int] = mapped_column(primary_key=True)
    house_id: Mapped[int]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.delete("/houses/{house_id}/letters/{letter_id}")
def shred(house_id: int, letter_id: int, session: Session = Depends(db)):
    letters = session.scalars(select(Letter).where(Letter.house_id == house_id)).all()
    others = [letter for letter in letters if letter.id != letter_id]
    if others:
        raise HTTPException(409)
    session.delete(session.get(Letter, letter_id))
    session.commit()


@app.delete("/houses/{house_id}/porters/{porter_id}")
def dismiss(house_id: int, porter_id: int, session: Session = Depends(db)):
    porters = session.scalars(select(Porter).where(Porter.house_id == house_id)).all()
    others = [porter for porter in porters if porter.id != porter_id]
    if not others:  # step MB116 check
        raise HTTPException(409)
    session.delete(session.get(Porter, porter_id))  # want MB116 "porters"
    session.commit()
