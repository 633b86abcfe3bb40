from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

factory = sessionmaker(create_engine("postgresql+psycopg://localhost/depot"))
app = FastAPI()


class Base(DeclarativeBase): ...


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    boxes: Mapped[int]
    visits: Mapped[int]
    weight: Mapped[int]
    label: Mapped[str]


def get_db():
    with factory() as db:
        yield db


class Repository:
    def __init__(self, db: Session, model):
        self.db = db
        self.model = model

    def find(self, **wanted):
        return self.db.execute(select(self.model).filter_by(**wanted)).scalar_one_or_none()

    def change(self, key: int, **values):
        changed = self.db.execute(update(self.model).where(self.model.id == key).values(**values).returning(self.model))
        self.db.commit()
        return changed.scalar_one_or_none()

    def patch(self, key: int, data: dict):
        self.db.query(self.model).filter(self.model.id == key).update({**data})
        self.db.commit()


class Shelves:
    def __init__(self, db: Session):
        self.repository = Repository(db, Shelf)

    def find(self, **wanted):
        return self.repository.find(**wanted)

    def change(self, key: int, **values):
        return self.repository.change(key, **values)


# Named on the way through two functions.
@app.post("/shelves/{shelf_id}/boxes")
def add_box(shelf_id: int, db: Session = Depends(get_db)):
    shelves = Shelves(db)
    shelf = shelves.find(id=shelf_id)
    if shelf is None:
        raise HTTPException(404)
    return shelves.change(shelf.id, boxes=shelf.boxes + 1)


# In a dictionary.
@app.post("/shelves/{shelf_id}/visits")
def visit(shelf_id: int, db: Session = Depends(get_db)):
    repository = Repository(db, Shelf)
    shelf = repository.find(id=shelf_id)
    if shelf is None:
        raise HTTPException(404)
    repository.patch(shelf.id, {"visits": shelf.visits + 1})


# In the statement itself.
@app.post("/shelves/{shelf_id}/weight")
def weigh(shelf_id: int, more: int, db: Session = Depends(get_db)):
    shelf = db.get(Shelf, shelf_id)
    if shelf is None:
        raise HTTPException(404)
    db.execute(update(Shelf).where(Shelf.id == shelf.id).values(weight=shelf.weight + more))
    db.commit()


# Another row gets what is in this one: the store would count on from what it has itself.
@app.post("/shelves/{shelf_id}/boxes/to/{other_id}")
def hand_over(shelf_id: int, other_id: int, db: Session = Depends(get_db)):
    shelves = Shelves(db)
    shelf = shelves.find(id=shelf_id)
    if shelf is None:
        raise HTTPException(404)
    return shelves.change(other_id, boxes=shelf.boxes + 1)


# What follows a text or a choice is another value to the store.
@app.post("/shelves/{shelf_id}/label")
def rename(shelf_id: int, db: Session = Depends(get_db)):
    shelves = Shelves(db)
    shelf = shelves.find(id=shelf_id)
    if shelf is None:
        raise HTTPException(404)
    return shelves.change(shelf.id, label=shelf.label + "*")
