"""One function runs all statements and asks of which kind each is."""

from fastapi import FastAPI, HTTPException
from sqlalchemy import Select, TextClause, Update, create_engine, select, text, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

app = FastAPI()


class Base(DeclarativeBase):
    pass


class Crate(Base):
    __tablename__ = "crates"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]


open_session = sessionmaker(create_engine("postgresql://db/crates"))


def run(statement):
    with open_session() as session:
        if isinstance(statement, Select):
            return session.execute(statement).scalars().all()
        if isinstance(statement, Update):
            changed = session.execute(statement).rowcount
            session.commit()
            return changed
        if isinstance(statement, (TextClause, str)):
            session.execute(text(statement) if isinstance(statement, str) else statement)
            session.commit()
            return None
        raise TypeError(statement)


@app.post("/crates/{crate_id}/seal")
def seal(crate_id: int):
    crates = run(select(Crate).where(Crate.id == crate_id))
    if not crates or crates[0].state != "open":  # want MB117 "crates.state"
        raise HTTPException(409)
    run(update(Crate).where(Crate.id == crate_id).values(state="sealed"))


@app.post("/crates/{crate_id}/ship")
def ship_ok(crate_id: int):
    if run(update(Crate).where(Crate.id == crate_id, Crate.state == "sealed").values(state="shipped")) == 0:
        raise HTTPException(409)


@app.post("/crates/{crate_id}/empty")
def empty(crate_id: int):
    crates = run(select(Crate).where(Crate.id == crate_id))
    if crates[0].state != "shipped":  # want MB117 "crates.state"
        raise HTTPException(409)
    run(text("UPDATE crates SET state = 'empty' WHERE id = :id").bindparams(id=crate_id))
