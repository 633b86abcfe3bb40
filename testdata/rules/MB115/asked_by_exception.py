"""Whether there is a row is told by an exception: of the query itself, or of the helper that asks."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/spices"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Spice(Base):
    __tablename__ = "spices"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Herb(Base):
    __tablename__ = "herbs"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Unknown(Exception):
    pass


def db():
    with Maker() as session:
        yield session


@app.put("/spices/{name}")
def spice(name: str, session: Session = Depends(db)):
    try:
        found = session.execute(select(Spice).where(Spice.name == name)).scalar_one()  # step MB115 read
    except NoResultFound:
        found = Spice(name=name)
        session.add(found)  # want MB115 "spices"
        session.commit()
    return {"id": found.id}


def spice_named(session: Session, name: str) -> Spice:
    found = session.scalar(select(Spice).where(Spice.name == name))
    if found is None:  # step MB115 check
        raise Unknown(name)
    return found


@app.post("/spices")
def add_spice(name: str, session: Session = Depends(db)):
    try:
        spice_named(session, name)
    except Unknown:
        session.add(Spice(name=name))  # want MB115 "spices"
        session.commit()
    else:
        raise HTTPException(409)


@app.put("/herbs/{name}")
def herb(name: str, session: Session = Depends(db)):
    try:
        found = session.execute(select(Herb).where(Herb.name == name)).scalar_one()
    except NoResultFound:
        try:
            with session.begin_nested():
                found = Herb(name=name)
                session.add(found)
        except IntegrityError:
            found = session.execute(select(Herb).where(Herb.name == name)).scalar_one()
        session.commit()
    return {"id": found.id}
