"""What is done where none is left takes none of those that were counted; what is done where more than one is left does."""
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

app = FastAPI()
SessionLocal = sessionmaker(bind=create_engine("postgresql+psycopg2://grove"))


class Base(DeclarativeBase):
    pass


class Tree(Base):
    __tablename__ = "trees"
    id: Mapped[int] = mapped_column(primary_key=True)
    grove_id: Mapped[int]
    active: Mapped[bool]


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()


class Size:
    def __init__(self, grove_id: int, trees: int):
        self.grove_id, self.trees = grove_id, trees


def size_of(db: Session, grove_id: int) -> Size:
    grove, trees = db.execute(
        select(Tree.grove_id, func.count(Tree.id)).where(Tree.grove_id == grove_id, Tree.active.is_(True)).group_by(Tree.grove_id)
    ).one()
    return Size(grove, trees)


@app.post("/groves/{grove_id}/trees/{tree_id}/close")
def close(grove_id: int, tree_id: int, db: Session = Depends(get_db)):
    n = db.scalar(select(func.count(Tree.id)).where(Tree.grove_id == grove_id, Tree.active.is_(True)))
    if n == 0:
        tree = db.get(Tree, tree_id)
        tree.active = False
        db.commit()


@app.post("/groves/{grove_id}/halt/{tree_id}")
def halt(grove_id: int, tree_id: int, db: Session = Depends(get_db)):
    if size_of(db, grove_id).trees == 0:
        tree = db.get(Tree, tree_id)
        tree.active = False
        db.commit()


@app.post("/groves/{grove_id}/trees/{tree_id}/fell")
def fell(grove_id: int, tree_id: int, db: Session = Depends(get_db)):
    n = db.scalar(select(func.count(Tree.id)).where(Tree.grove_id == grove_id, Tree.active.is_(True)))
    if n <= 1:  # step MB116 check
        raise HTTPException(409)
    tree = db.get(Tree, tree_id)
    tree.active = False  # want MB116 "none remains"
    db.commit()
