"""That nothing is there is told by an exception, which a layer may turn into its own: the insert lies on the side where it is caught."""
from fastapi import FastAPI, HTTPException
from sqlalchemy import String, create_engine, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

engine = create_engine("postgresql+psycopg://boats@db/boats")
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Boat(Base):
    __tablename__ = "boats"
    id: Mapped[int] = mapped_column(primary_key=True)
    sail: Mapped[str] = mapped_column(String(12), index=True)


class Berth(Base):
    __tablename__ = "berths"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)


class Missing(Exception):
    pass


class Taken(Exception):
    pass


def boat_with(session: Session, sail: str) -> Boat:
    found = session.execute(select(Boat).where(Boat.sail == sail))
    try:
        return found.scalar_one()
    except NoResultFound as exc:
        raise Missing(sail) from exc


def berth_with(session: Session, code: str) -> Berth:
    try:
        return session.execute(select(Berth).where(Berth.code == code)).scalar_one()
    except NoResultFound as exc:
        raise Missing(code) from exc


@app.post("/boats/otherwise")
def register_otherwise(sail: str):
    with Session(engine) as session:
        try:
            session.execute(select(Boat).where(Boat.sail == sail)).scalar_one()
        except NoResultFound:
            pass
        else:
            raise HTTPException(409)
        session.add(Boat(sail=sail))  # want MB103 "boats"
        session.commit()


def ensure_free(session: Session, sail: str) -> None:
    try:
        boat_with(session, sail)
    except Missing:
        pass
    else:
        raise Taken(sail)


@app.post("/boats/translated")
def register_translated(sail: str):
    with Session(engine) as session:
        ensure_free(session, sail)
        session.add(Boat(sail=sail))  # want MB103 "boats"
        session.commit()


@app.post("/berths")
def register_berth(code: str):
    with Session(engine) as session:
        try:
            berth_with(session, code)
        except Missing:
            pass
        else:
            raise Taken(code)
        session.add(Berth(code=code))
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409)


@app.post("/boats/{sail}/berth")
def moor(sail: str, code: str):
    with Session(engine) as session:
        boat_with(session, sail)  # whoever is not there is not moored: nothing is inserted because of what is missing
        session.add(Berth(code=code))
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409)
