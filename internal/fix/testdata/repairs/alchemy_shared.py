"""Rows that others read at the same place, several rows at once, and remarks in the source."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/orchard"))
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Tree(Base):
    __tablename__ = "trees"

    id: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    label: Mapped[str] = mapped_column(unique=True)
    apples: Mapped[int]


class Hive(Base):
    __tablename__ = "hives"

    id: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    bees: Mapped[int]


class Visit(Base):
    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]


class Harvest(Base):
    __tablename__ = "harvests"

    id: Mapped[int] = mapped_column(primary_key=True)
    apples: Mapped[int]


def get_db():
    with factory() as db:
        yield db


def noted(path: str, db: Session = Depends(get_db)):
    db.add(Visit(path=path))
    db.commit()


def find(db: Session, tree_id: int) -> Tree | None:
    return db.query(Tree).filter(Tree.id == tree_id).one_or_none()


@app.get("/trees/{tree_id}", dependencies=[Depends(noted)])
def show(tree_id: int, db: Session = Depends(get_db)):
    return find(db, tree_id)


@app.post("/trees/{tree_id}/pick")
def pick(tree_id: int, apples: int, db: Session = Depends(get_db)):
    tree = find(db, tree_id)
    if tree is None:
        raise HTTPException(404)
    tree.apples = tree.apples - apples
    db.commit()


@app.post("/trees/{tree_id}/empty")
def empty(tree_id: int, db: Session = Depends(get_db)):
    tree = (
        db.query(Tree)
        .filter(Tree.id == tree_id)
        .filter(Tree.apples > 0)  # there is something on it
        .first()
    )
    if tree is None:
        raise HTTPException(404)
    db.add(Harvest(apples=tree.apples))
    tree.apples = 0
    db.commit()


@app.post("/rows/{row}/shake")
def shake(row: int, db: Session = Depends(get_db)):
    for hive in db.scalars(select(Hive).where(Hive.row == row)).all():
        hive.bees = hive.bees - 1
    db.commit()


@app.post("/trees")
def plant(row: int, label: str, db: Session = Depends(get_db)):
    if db.scalar(select(Tree).where(Tree.label == label)):
        raise HTTPException(409, "that label is taken")
    tree = Tree(row=row, label=label, apples=0)
    db.add(tree)
    db.commit()  # the label is unique
    return {"id": tree.id}


@app.post("/trees/checked")
def plant_checked(row: int, label: str, strict: bool, db: Session = Depends(get_db)):
    if strict:
        place = f"row {row}"
        if db.scalar(select(Tree).where(Tree.label == label)):
            raise HTTPException(409, f"that label is taken in {place}")
    db.add(Tree(row=row, label=label, apples=0))
    db.commit()


@app.post("/trees/caught")
def plant_caught(row: int, label: str, db: Session = Depends(get_db)):
    if db.scalar(select(Tree).where(Tree.label == label)):
        raise HTTPException(409, "that label is taken")
    try:
        db.add(Tree(row=row, label=label, apples=0))
        db.commit()
    except IntegrityError:
        db.rollback()
        raise


class Bee(Base):
    __tablename__ = "bees"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Bird(Base):
    __tablename__ = "birds"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def create(db: Session, model, name: str):
    if db.scalar(select(model).where(model.name == name)):
        raise HTTPException(409, "that name is taken")
    db.add(model(name=name))
    db.commit()


@app.post("/bees")
def add_bee(name: str, db: Session = Depends(get_db)):
    create(db, Bee, name)


@app.post("/birds")
def add_bird(name: str, db: Session = Depends(get_db)):
    create(db, Bird, name)


@app.post("/rows/settle")
def settle(rows_that_are_settled: list[int], db: Session = Depends(get_db)):
    hives = (
        db.execute(
            select(Nest).where(Nest.row.in_(rows_that_are_settled), Nest.settled_by_somebody == False)
        )
        .scalars()
        .all()
    )
    for nest in hives:
        nest.eggs = nest.eggs - 1
    db.commit()


class Nest(Base):
    __tablename__ = "nests"

    id: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    eggs: Mapped[int]
    settled_by_somebody: Mapped[bool]
