"""Two checks and one act are one race; one check and acts in two branches are one race for each group of acts."""
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

SessionLocal = sessionmaker(create_engine("postgresql+psycopg://localhost/lab"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Sample(Base):
    __tablename__ = "samples"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(default="new")
    sealed: Mapped[bool] = mapped_column(default=False)


def get_db():
    with SessionLocal() as db:
        yield db


DB = Annotated[Session, Depends(get_db)]


@app.post("/samples/{sample_id}/analyse")
def analyse(sample_id: int, db: DB):
    sample = db.get(Sample, sample_id)
    if sample is None:
        raise HTTPException(404)
    if sample.sealed:
        raise HTTPException(423)
    if sample.state != "new":
        raise HTTPException(409)
    sample.state = "analysed"  # want MB107 "state|sealed"
    db.commit()


@app.post("/samples/{sample_id}/move")
def move(sample_id: int, db: DB):
    sample = db.get(Sample, sample_id)
    if sample is not None and sample.state == "analysed":  # step MB107 check
        sample.state = "archived"  # want MB107 "state"
    else:
        raise HTTPException(409)
    db.commit()


@app.post("/samples/{sample_id}/seal")
def seal(sample_id: int, db: DB):
    sealed = db.execute(update(Sample).where(Sample.id == sample_id, Sample.sealed.is_(False)).values(sealed=True))
    if sealed.rowcount != 1:
        raise HTTPException(409)
    db.commit()
