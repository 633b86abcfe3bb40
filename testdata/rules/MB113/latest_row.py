"""The next number is counted on from the row that comes first when the highest comes first."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, desc, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/maps"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Edition(Base):
    __tablename__ = "editions"

    id: Mapped[int] = mapped_column(primary_key=True)
    chart: Mapped[str]
    number: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


def get_db():
    with SessionLocal() as db:
        yield db


def latest(db: Session, chart: str) -> Edition | None:
    return db.scalars(select(Edition).where(Edition.chart == chart).order_by(Edition.number.desc())).first()


@app.post("/charts/{chart}/editions")
def publish(chart: str, db: Session = Depends(get_db)):
    last = latest(db, chart)
    if last is None:
        raise HTTPException(404)
    db.add(Edition(chart=chart, number=last.number + 1))  # want MB113 "editions"
    db.commit()


@app.post("/charts/{chart}/revisions")
def revise(chart: str, db: Session = Depends(get_db)):
    query = select(Edition).where(Edition.chart == chart).order_by(desc(Edition.number)).limit(1)
    last = db.execute(query).scalar_one()
    db.add(Edition(chart=chart, number=1 + last.id, note="revised"))
    db.add(Edition(chart=chart, number=last.number + 1))  # want MB113 "editions"
    db.commit()


@app.post("/charts/{chart}/notes")
def copy_ok(chart: str, db: Session = Depends(get_db)):
    last = latest(db, chart)
    if last is None:
        raise HTTPException(404)
    # another note on the same number: nothing is counted on
    db.add(Edition(chart=chart, number=last.number, note="see there"))
    db.commit()


@app.get("/charts/{chart}/next")
def next_ok(chart: str, db: Session = Depends(get_db)):
    last = latest(db, chart)
    return {"next": last.number + 1 if last else 1}
