"""Who says what happens when the row is there already has a key in mind, also where no key is to be seen: it may be in the database only."""
from fastapi import Depends, FastAPI
from sqlalchemy import create_engine, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

Maker = sessionmaker(create_engine("postgresql://localhost/orchard"))


class Base(DeclarativeBase):
    pass


class Pest(Base):
    __tablename__ = "pests"
    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[int]
    kind: Mapped[str]


class Graft(Base):
    __tablename__ = "grafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    tree: Mapped[int]
    kind: Mapped[str]


def db():
    with Maker() as session:
        yield session


app = FastAPI()


@app.put("/trees/{tree}/pests")
def note_pest(tree: int, kind: str, session: Session = Depends(db)):
    seen = select(Pest).where(Pest.tree == tree, Pest.kind == kind)
    pest = session.scalars(seen).first()
    if pest is not None:
        return pest
    pest = session.scalars(insert(Pest).values(tree=tree, kind=kind).on_conflict_do_nothing().returning(Pest)).one_or_none()
    if pest is None:
        pest = session.scalars(seen).one()
    session.commit()
    return pest


@app.put("/trees/{tree}/grafts")
def note_graft(tree: int, kind: str, session: Session = Depends(db)):
    graft = session.scalars(select(Graft).where(Graft.tree == tree, Graft.kind == kind)).first()  # step MB103 read
    if graft is not None:
        return graft
    graft = Graft(tree=tree, kind=kind)
    session.add(graft)  # want MB103 "grafts"
    session.commit()
    return graft
